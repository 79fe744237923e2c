/** How long to wait before connecting again: 0.3 s, growing by half to 2 s. Pure. */
export function backOffMs(attempt: number): number {
  return Math.min(2000, Math.round(300 * 1.5 ** Math.max(0, attempt)));
}

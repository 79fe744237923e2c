/** Days as list files write them (`@expires=2027-03-31`), counted where the municipalities are. Pure. */
const zone = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo", dateStyle: "short" });

export const dayMs = 86_400_000;

/** YYYY-MM-DD. */
export function dayOf(ms: number): string {
  return zone.format(new Date(ms));
}

/** @param days from today, which is 0 */
export function dayIn(nowMs: number, days: number): string {
  return dayOf(nowMs + days * dayMs);
}

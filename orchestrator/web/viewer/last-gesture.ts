/** When the person last pressed a key or a button in this page; never on its own account. */
let at = Number.NEGATIVE_INFINITY;
const note = (): void => {
  at = performance.now();
};
window.addEventListener("pointerdown", note, { capture: true });
window.addEventListener("keydown", note, { capture: true });

export function sinceLastGestureMs(): number {
  return performance.now() - at;
}

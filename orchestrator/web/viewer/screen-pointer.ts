/**
 * The pointer over the picture, as places on the remote display and RFB's button mask (RFC 6143, 7.5.5).
 * A wheel is buttons 4 to 7, one press for so many pixels, so that a small turn scrolls a little. Whatever is
 * held down when the pointer is lost is let go. Fingers are screen-touch.ts's.
 */
import { followTouch } from "./screen-touch.ts";

export interface PointerSink {
  readonly point: (x: number, y: number, buttons: number) => void;
}

/** What one press of a wheel button scrolls in Chromium under X. */
const wheelPressPx = 53;
const linePx = 19;
const mostPresses = 10;
/** Moves closer together than this are one. */
const movePauseMs = 8;

const wheel = { up: 8, down: 16, left: 32, right: 64 } as const;

/** DOM's button bits (left, right, middle) in RFB's order (left, middle, right). */
function maskOf(buttons: number): number {
  return (buttons & 1) | ((buttons & 4) >> 1) | ((buttons & 2) << 1);
}

export function followPointer(
  canvas: HTMLCanvasElement,
  { point }: PointerSink,
  signal: AbortSignal,
): void {
  let place = { x: 0, y: 0 };
  let held = 0;
  let turned = { x: 0, y: 0 };
  let sentAt = 0;
  let timer = 0;

  const send = (): void => {
    window.clearTimeout(timer);
    timer = 0;
    sentAt = performance.now();
    point(place.x, place.y, held);
  };
  const goTo = (event: Pick<MouseEvent, "clientX" | "clientY">): void => {
    const box = canvas.getBoundingClientRect();
    const scale = (at: number, size: number, pixels: number): number =>
      Math.max(0, Math.min(pixels - 1, Math.floor((at * pixels) / Math.max(1, size))));
    place = {
      x: scale(event.clientX - box.left, box.width, canvas.width),
      y: scale(event.clientY - box.top, box.height, canvas.height),
    };
  };
  const on = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
  ): void => canvas.addEventListener(name, listener, { signal, passive: false });

  const turn = (deltaX: number, deltaY: number): void => {
    turned = { x: turned.x + deltaX, y: turned.y + deltaY };
    const presses = {
      x: Math.trunc(turned.x / wheelPressPx),
      y: Math.trunc(turned.y / wheelPressPx),
    };
    turned = { x: turned.x - presses.x * wheelPressPx, y: turned.y - presses.y * wheelPressPx };
    const press = (count: number, button: number): void => {
      for (let n = 0; n < Math.min(count, mostPresses); n += 1) {
        point(place.x, place.y, held | button);
        point(place.x, place.y, held);
      }
    };
    press(Math.abs(presses.y), presses.y < 0 ? wheel.up : wheel.down);
    press(Math.abs(presses.x), presses.x < 0 ? wheel.left : wheel.right);
  };

  const touched = followTouch({
    at: goTo,
    turn,
    click: (button) => {
      for (const mask of [0, button, 0]) point(place.x, place.y, mask);
    },
  });
  signal.addEventListener("abort", () => touched.cancel());
  on("pointermove", (event) => {
    if (event.pointerType === "touch") return touched.move(event);
    goTo(event);
    const mask = maskOf(event.buttons);
    // A second button goes down or up within a move.
    if (mask !== held) {
      held = mask;
      send();
      return;
    }
    const rest = sentAt + movePauseMs - performance.now();
    if (rest <= 0) send();
    else if (timer === 0) timer = window.setTimeout(send, rest);
  });
  const press = (event: PointerEvent): void => {
    if (event.pointerType === "touch")
      return event.type === "pointerdown" ? touched.down(event) : touched.up(event);
    goTo(event);
    held = maskOf(event.buttons);
    if (event.type === "pointerdown") canvas.setPointerCapture(event.pointerId);
    send();
  };
  on("pointerdown", press);
  on("pointerup", press);
  const letGo = (): void => {
    if (held === 0) return;
    held = 0;
    send();
  };
  on("pointercancel", () => {
    touched.cancel();
    letGo();
  });
  on("lostpointercapture", letGo);
  window.addEventListener("blur", letGo, { signal });
  // The focus stays in the hidden field, and the menu is the remote page's.
  for (const name of ["mousedown", "contextmenu", "dragstart"] as const)
    on(name, (event) => event.preventDefault());
  on("wheel", (event) => {
    event.preventDefault();
    goTo(event);
    const unit = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? linePx : canvas.clientHeight;
    turn(event.deltaX * unit, event.deltaY * unit);
  });
  signal.addEventListener("abort", () => window.clearTimeout(timer));
}

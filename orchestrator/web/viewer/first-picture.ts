/**
 * The first pictures of a session, whole and compressed, shown where the display will stand. Gone as soon
 * as the display itself has drawn.
 */
import { framePx, headerPx } from "./view-size.ts";

let canvas: HTMLCanvasElement | null = null;
let over = false;
let drawn = 0;
let asked = 0;
const shown = Promise.withResolvers<undefined>();

/** Resolves when the first of them is on the screen. */
export const firstPictureShown: Promise<undefined> = shown.promise;

/** Draws it unless a later one was drawn meanwhile; a picture that cannot be read is passed over. */
export async function showFirstPicture(data: Blob): Promise<void> {
  if (over) return;
  asked += 1;
  const turn = asked;
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([data], { type: "image/jpeg" }));
  } catch {
    // The display's own picture follows in any case.
    return;
  }
  if (turn > drawn && !isOver()) {
    drawn = turn;
    draw(bitmap);
  }
  bitmap.close();
}

/** The display has drawn, or there will be none. */
export function endFirstPicture(): void {
  over = true;
  canvas?.remove();
  canvas = null;
}

/** Asked again after waiting: the compiler takes `over` for unchanged. */
const isOver = (): boolean => over;

function draw(bitmap: ImageBitmap): void {
  canvas ??= makeCanvas();
  if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
  if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
  // As wide as the view that was asked for, whatever the screen's density.
  canvas.style.width = `${window.innerWidth - 2 * framePx}px`;
  canvas.getContext("2d", { alpha: false })?.drawImage(bitmap, 0, 0);
  shown.resolve(undefined);
}

function makeCanvas(): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.dataset["testid"] = "first-picture";
  made.ariaHidden = "true";
  made.className = "first-picture";
  made.style.left = `${framePx}px`;
  made.style.top = `${headerPx}px`;
  document.body.append(made);
  return made;
}

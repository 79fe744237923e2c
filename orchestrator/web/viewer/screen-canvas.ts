/**
 * Draws the updates of a screen on a canvas, in their order, each when all its parts are decoded: PNG by
 * createImageBitmap, video by VideoDecoder, runs at once. What the browser's decoders refuse, or do not
 * answer in time, is reported once as unusable; nothing of the update becomes anything but pixels.
 */
import {
  type Rect,
  type ScreenPart,
  type ScreenUpdate,
  stackSize,
} from "../../../images/wire/screen.ts";
import { codecOf } from "./h264.ts";

/** A decoder that holds frames back, or none behind the interface. */
const patienceMs = 4000;

type Drawable = ImageBitmap | VideoFrame | null;

export class ScreenCanvas {
  readonly element = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  readonly #onUnusable: (reason: string) => void;
  readonly #frames = new Map<number, PromiseWithResolvers<VideoFrame>>();
  #decoder: VideoDecoder | null = null;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #over = false;
  #density = 1;

  constructor(onUnusable: (reason: string) => void) {
    const context = this.element.getContext("2d", { alpha: false });
    if (!context) throw new Error("no canvas");
    // Fingers are the remote page's; the terminal's browser would scroll and zoom its own.
    this.element.style.touchAction = "none";
    this.#context = context;
    this.#onUnusable = onUnusable;
  }

  /** `drawn` is called when it stands on the canvas; never, when it cannot be. */
  show(update: ScreenUpdate, drawn: () => void): void {
    if (this.#over) return;
    if (
      this.#waiting === 0 &&
      update.parts.every(({ kind }) => kind === "move" || kind === "runs")
    ) {
      this.#draw(update, []);
      drawn();
      return;
    }
    const decoded = Promise.all(update.parts.map((part) => this.#decode(part, update)));
    decoded.catch(() => undefined);
    this.#waiting += 1;
    const before = this.#last;
    this.#last = (async () => {
      await before;
      try {
        const pictures = await inTime(decoded);
        if (this.#over) {
          for (const picture of pictures) picture?.close();
          return;
        }
        this.#draw(update, pictures);
        drawn();
      } catch (error) {
        this.#fail(error instanceof Error ? error.message : "decoder");
      } finally {
        this.#waiting -= 1;
      }
    })();
  }

  /** Its pixels for each CSS pixel of the page. */
  get density(): number {
    return this.#density;
  }

  set density(density: number) {
    this.#density = density;
    this.#lay();
  }

  #lay(): void {
    const { style, width, height } = this.element;
    style.width = `${width / this.#density}px`;
    style.height = `${height / this.#density}px`;
  }

  close(): void {
    this.#over = true;
    this.#closeDecoder();
    this.element.remove();
  }

  #fail(reason: string): void {
    if (this.#over) return;
    this.close();
    this.#onUnusable(reason);
  }

  #decode(part: ScreenPart, update: ScreenUpdate): Promise<Drawable> {
    if (part.kind === "png") return decodePng(part);
    return part.kind === "video" ? this.#decodeVideo(part, update) : Promise.resolve(null);
  }

  #decodeVideo(
    part: Extract<ScreenPart, { kind: "video" }>,
    { sequence, width, height }: ScreenUpdate,
  ): Promise<VideoFrame> {
    const frame = Promise.withResolvers<VideoFrame>();
    frame.promise.catch(() => undefined);
    if (part.key) {
      this.#closeDecoder();
      this.#decoder = this.#makeDecoder(codecOf(part.data));
    }
    if (!this.#decoder) throw new Error("video without a beginning");
    this.#frames.set(sequence, frame);
    this.#decoder.decode(
      new EncodedVideoChunk({
        type: part.key ? "key" : "delta",
        timestamp: sequence,
        data: part.data,
      }),
    );
    return frame.promise.then((made) => {
      // Video has even sides.
      if (made.displayWidth - width <= 1 && made.displayHeight - height <= 1) return made;
      made.close();
      throw new Error("video of another size");
    });
  }

  #makeDecoder(codec: string): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => {
        const waiting = this.#frames.get(frame.timestamp);
        this.#frames.delete(frame.timestamp);
        if (waiting) waiting.resolve(frame);
        else frame.close();
      },
      error: (error) => this.#fail(error.message),
    });
    decoder.configure({ codec, optimizeForLatency: true });
    return decoder;
  }

  #closeDecoder(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
    for (const { reject } of this.#frames.values()) reject(new Error("decoder closed"));
    this.#frames.clear();
  }

  #draw({ width, height, parts }: ScreenUpdate, pictures: readonly Drawable[]): void {
    const { element } = this;
    if (element.width !== width || element.height !== height) {
      element.width = width;
      element.height = height;
      this.#lay();
    }
    const context = this.#context;
    for (const [at, part] of parts.entries()) {
      const picture = pictures[at];
      if (part.kind === "move") {
        const { x, y, w, h } = part.to;
        context.drawImage(element, x, part.fromY, w, h, x, y, w, h);
      } else if (part.kind === "runs") drawRuns(context, part.rects, part.data);
      else if (picture) {
        if (part.kind === "png") drawStack(context, part.rects, picture);
        else
          for (const { x, y, w, h } of part.rects)
            context.drawImage(picture, x, y, w, h, x, y, w, h);
        picture.close();
      }
    }
  }
}

async function decodePng({ rects, data }: Extract<ScreenPart, { kind: "png" | "runs" }>) {
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(data)], { type: "image/png" }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  const { width, height } = stackSize(rects);
  if (bitmap.width !== width || bitmap.height !== height)
    throw new Error("picture of another size");
  return bitmap;
}

function drawStack(
  context: CanvasRenderingContext2D,
  rects: readonly Rect[],
  picture: CanvasImageSource,
): void {
  let from = 0;
  for (const { x, y, w, h } of rects) {
    context.drawImage(picture, 0, from, w, h, x, y, w, h);
    from += h;
  }
}

function drawRuns(
  context: CanvasRenderingContext2D,
  rects: readonly Rect[],
  data: Uint8Array,
): void {
  let at = 0;
  let left = data[0] ?? 0;
  for (const { x, y, w, h } of rects) {
    const image = context.createImageData(w, h);
    const pixels = image.data;
    for (let to = 0; to < pixels.length; to += 4) {
      if (left === 0) {
        at += 4;
        left = data[at] ?? 1;
      }
      pixels[to] = data[at + 1] ?? 0;
      pixels[to + 1] = data[at + 2] ?? 0;
      pixels[to + 2] = data[at + 3] ?? 0;
      pixels[to + 3] = 255;
      left -= 1;
    }
    context.putImageData(image, x, y);
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = window.setTimeout(
    () => late.reject(new Error("decoder does not answer")),
    patienceMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    window.clearTimeout(timer);
  }
}

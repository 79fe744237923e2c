/**
 * The picture as the session container's encoder sends it, and what a viewer answers: binary messages of a
 * few kinds, parsed with limits at the gateway and again in the viewer, by this one module. It reads lengths,
 * places and the few bytes that say how large a compressed picture claims to be; it never decodes one. Pure;
 * the encoder (browser/encoder/wire.h) has the same numbers.
 *
 * An update is `u32 sequence | u32 looked-at | u16 width | u16 height | parts`; when it was looked at, in
 * milliseconds of the container's clock, which sound.ts has as well. Parts are carried out in their order:
 *   1 move:  u16 x, y, w, h, from-y            what is there now comes from another row
 *   2 PNG:   u16 n | n × (u16 x, y, w, h) | u32 length | one PNG, the n parts one below the other
 *   3 runs:  the same with (u8 count, r, g, b)… in place of the PNG
 *   4 video: u8 key | u16 n | n × (u16 x, y, w, h) | u32 length | H.264 access unit of the whole display,
 *            of which the n parts are drawn
 */

/**
 * Frame types on a `screen` connection; on a viewer's WebSocket the first byte of each message. A format that
 * changes takes a new number: a container of before an upgrade is refused then, and shown the compatible way.
 */
export const screenFrame = {
  cursor: 17,
  ack: 18,
  watch: 19,
  pointer: 20,
  refresh: 22,
  size: 23,
  update: 25,
} as const;

/** Largest update or cursor that a container may send. */
export const screenFrameLimitBytes = 4 * 1024 * 1024;
/** Largest message of a viewer. */
export const viewerScreenLimitBytes = 16;

const mostPixels = 4096;
const mostParts = 64;
const mostRects = 512;
const mostCursorPixels = 128;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type ScreenPart =
  | { readonly kind: "move"; readonly to: Rect; readonly fromY: number }
  | { readonly kind: "png" | "runs"; readonly rects: readonly Rect[]; readonly data: Uint8Array }
  | {
      readonly kind: "video";
      readonly key: boolean;
      readonly rects: readonly Rect[];
      readonly data: Uint8Array;
    };

export interface ScreenUpdate {
  readonly sequence: number;
  /** Of the container's clock, modulo 2^32. */
  readonly lookedAtMs: number;
  readonly width: number;
  readonly height: number;
  readonly parts: readonly ScreenPart[];
}

export interface ScreenCursor {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly rgba: Uint8Array;
}

/** The bytes are not what this module describes. */
export class UnfitScreen extends Error {
  override readonly name = "UnfitScreen";
}

function demand(fits: boolean, what: string): asserts fits {
  if (!fits) throw new UnfitScreen(what);
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  #take(count: number): number {
    demand(count <= this.left, "too short");
    const at = this.#at;
    this.#at += count;
    return at;
  }
}

/** Throws UnfitScreen. */
export function parseUpdate(payload: Uint8Array): ScreenUpdate {
  const reader = new Reader(payload);
  const sequence = reader.u32();
  const lookedAtMs = reader.u32();
  const width = reader.u16();
  const height = reader.u16();
  demand(width >= 1 && width <= mostPixels, "width");
  demand(height >= 1 && height <= mostPixels, "height");
  const parts: ScreenPart[] = [];
  while (reader.left > 0) {
    demand(parts.length < mostParts, "parts");
    parts.push(readPart(reader, width, height));
  }
  demand(parts.filter(({ kind }) => kind === "video").length <= 1, "two videos");
  return { sequence, lookedAtMs, width, height, parts };
}

function readPart(reader: Reader, width: number, height: number): ScreenPart {
  const kind = reader.u8();
  switch (kind) {
    case 1: {
      const to = readRect(reader, width, height);
      const fromY = reader.u16();
      demand(fromY + to.h <= height, "move from outside");
      return { kind: "move", to, fromY };
    }
    case 2: {
      const { rects, data } = readPicture(reader, width, height);
      checkPng(data, rects);
      return { kind: "png", rects, data };
    }
    case 3: {
      const { rects, data } = readPicture(reader, width, height);
      checkRuns(data, rects);
      return { kind: "runs", rects, data };
    }
    case 4: {
      const key = reader.u8();
      demand(key <= 1, "key");
      const { rects, data } = readPicture(reader, width, height);
      demand(isAccessUnit(data), "no access unit");
      return { kind: "video", key: key === 1, rects, data };
    }
    default:
      throw new UnfitScreen("part");
  }
}

function readRect(reader: Reader, width: number, height: number): Rect {
  const rect = { x: reader.u16(), y: reader.u16(), w: reader.u16(), h: reader.u16() };
  demand(rect.w >= 1 && rect.x + rect.w <= width, "outside");
  demand(rect.h >= 1 && rect.y + rect.h <= height, "outside");
  return rect;
}

function readPicture(
  reader: Reader,
  width: number,
  height: number,
): { rects: Rect[]; data: Uint8Array } {
  const count = reader.u16();
  demand(count >= 1 && count <= mostRects, "rects");
  const rects = Array.from({ length: count }, () => readRect(reader, width, height));
  // No pixel twice: a small message must not mean much drawing.
  demand(areaOf(rects) <= width * height, "area");
  return { rects, data: reader.bytes(reader.u32()) };
}

const areaOf = (rects: readonly Rect[]): number => rects.reduce((sum, { w, h }) => sum + w * h, 0);

/** How large the picture of so many parts, one below the other, is. */
export function stackSize(rects: readonly Rect[]): { width: number; height: number } {
  return {
    width: rects.reduce((most, { w }) => Math.max(most, w), 0),
    height: rects.reduce((sum, { h }) => sum + h, 0),
  };
}

const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82];

/** Signature and header (ISO/IEC 15948, 5.2 and 11.2.2): the size it claims bounds what decoding it takes. */
function checkPng(data: Uint8Array, rects: readonly Rect[]): void {
  demand(data.length > 33 && pngStart.every((byte, at) => data[at] === byte), "no PNG");
  const header = new DataView(data.buffer, data.byteOffset + pngStart.length, 8);
  const { width, height } = stackSize(rects);
  demand(header.getUint32(0) === width && header.getUint32(4) === height, "PNG size");
}

function checkRuns(data: Uint8Array, rects: readonly Rect[]): void {
  demand(data.length % 4 === 0, "runs");
  let pixels = 0;
  for (let at = 0; at < data.length; at += 4) pixels += data[at] ?? 0;
  demand(pixels === areaOf(rects), "runs");
}

/** A start code (ITU-T H.264, Annex B). */
function isAccessUnit(data: Uint8Array): boolean {
  return data.length > 5 && data[0] === 0 && data[1] === 0 && data[2] === 0 && data[3] === 1;
}

/** Throws UnfitScreen. */
export function parseCursor(payload: Uint8Array): ScreenCursor {
  const reader = new Reader(payload);
  const [width, height, hotX, hotY] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
  demand(width <= mostCursorPixels && height <= mostCursorPixels, "cursor size");
  demand(hotX <= width && hotY <= height, "hot spot");
  const rgba = reader.bytes(width * height * 4);
  demand(reader.left === 0, "cursor length");
  return { width, height, hotX, hotY, rgba };
}

/** Viewer to gateway. `size` is for the gateway; the others go on to the encoder. */
export type ViewerScreenMessage =
  /** The update with this sequence is drawn. */
  | { readonly type: "ack"; readonly sequence: number }
  /** Whether anybody can see the picture. */
  | { readonly type: "watch"; readonly watching: boolean }
  /** RFB's button mask (RFC 6143, 7.5.5). */
  | { readonly type: "pointer"; readonly x: number; readonly y: number; readonly buttons: number }
  /** The viewer has lost its picture. */
  | { readonly type: "refresh" }
  /** What the view can show, and how many display pixels a hundred of a page's take there. */
  | {
      readonly type: "size";
      readonly width: number;
      readonly height: number;
      readonly scalePct: number;
    };

/** Type byte and payload. */
export function encodeViewerScreen(message: ViewerScreenMessage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, screenFrame[message.type]);
  switch (message.type) {
    case "ack":
      view.setUint32(1, message.sequence);
      return bytes.subarray(0, 5);
    case "watch":
      view.setUint8(1, message.watching ? 1 : 0);
      return bytes.subarray(0, 2);
    case "pointer":
      view.setUint16(1, message.x);
      view.setUint16(3, message.y);
      view.setUint8(5, message.buttons);
      return bytes.subarray(0, 6);
    case "refresh":
      return bytes.subarray(0, 1);
    case "size":
      view.setUint16(1, message.width);
      view.setUint16(3, message.height);
      view.setUint16(5, message.scalePct);
      return bytes.subarray(0, 7);
  }
}

/** Throws UnfitScreen. */
export function parseViewerScreen(message: Uint8Array): ViewerScreenMessage {
  demand(message.length <= viewerScreenLimitBytes, "length");
  const reader = new Reader(message);
  const parsed = readViewerScreen(reader);
  demand(reader.left === 0, "length");
  return parsed;
}

function readViewerScreen(reader: Reader): ViewerScreenMessage {
  switch (reader.u8()) {
    case screenFrame.ack:
      return { type: "ack", sequence: reader.u32() };
    case screenFrame.watch:
      return { type: "watch", watching: reader.u8() === 1 };
    case screenFrame.pointer:
      return { type: "pointer", x: reader.u16(), y: reader.u16(), buttons: reader.u8() };
    case screenFrame.refresh:
      return { type: "refresh" };
    case screenFrame.size: {
      const width = reader.u16();
      const height = reader.u16();
      const scalePct = reader.u16();
      demand(width >= 320 && width <= 2560 && height >= 240 && height <= 1440, "size");
      demand(scalePct >= 100 && scalePct <= 300, "scale");
      return { type: "size", width, height, scalePct };
    }
    default:
      throw new UnfitScreen("type");
  }
}

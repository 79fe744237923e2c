/**
 * A viewer without a browser: carries out updates on pixels of its own, as the terminal's page does on its
 * canvas. Of video it only remembers which pixels are approximate.
 */
import sharp from "sharp";
import { parseUpdate, type Rect, type ScreenPart } from "../../images/wire/screen.ts";

export class ScreenModel {
  width = 0;
  height = 0;
  /** Red, green, blue, and 255 where exact, 0 where approximate. */
  pixels = Buffer.alloc(0);
  readonly seen = { updates: 0, bytes: 0, moves: 0, png: 0, runs: 0, video: 0 };

  /** Returns the sequence to acknowledge. */
  async show(payload: Buffer): Promise<number> {
    const { sequence, width, height, parts } = parseUpdate(payload);
    this.seen.updates += 1;
    this.seen.bytes += payload.length;
    if (width !== this.width || height !== this.height) {
      Object.assign(this, { width, height });
      this.pixels = Buffer.alloc(width * height * 4);
    }
    for (const part of parts) await this.#carryOut(part);
    return sequence;
  }

  /** Pixels that are not known exactly. */
  get approximate(): number {
    let count = 0;
    for (let at = 3; at < this.pixels.length; at += 4) if (this.pixels[at] === 0) count += 1;
    return count;
  }

  async #carryOut(part: ScreenPart): Promise<void> {
    switch (part.kind) {
      case "move": {
        this.seen.moves += 1;
        const rows = this.#rows({ ...part.to, y: part.fromY }).map((row) => Buffer.from(row));
        this.#rows(part.to).forEach((row, at) => rows[at]?.copy(row));
        return;
      }
      case "png": {
        this.seen.png += 1;
        const { data, info } = await sharp(part.data)
          .toColourspace("srgb")
          .ensureAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        let from = 0;
        for (const rect of part.rects)
          for (const row of this.#rows(rect)) {
            data.copy(row, 0, from * info.width * 4, from * info.width * 4 + row.length);
            from += 1;
          }
        return;
      }
      case "runs": {
        this.seen.runs += 1;
        const flat: number[] = [];
        for (let at = 0; at < part.data.length; at += 4)
          for (let n = 0; n < (part.data[at] ?? 0); n += 1) flat.push(at);
        let from = 0;
        for (const row of part.rects.flatMap((rect) => this.#rows(rect)))
          for (let to = 0; to < row.length; to += 4, from += 1) {
            const at = flat[from] ?? 0;
            row.set([...part.data.subarray(at + 1, at + 4), 255], to);
          }
        return;
      }
      case "video":
        this.seen.video += 1;
        for (const row of part.rects.flatMap((rect) => this.#rows(rect)))
          for (let at = 3; at < row.length; at += 4) row[at] = 0;
    }
  }

  #rows({ x, y, w, h }: Rect): Buffer[] {
    return Array.from({ length: h }, (_, row) => {
      const at = ((y + row) * this.width + x) * 4;
      return this.pixels.subarray(at, at + w * 4);
    });
  }
}

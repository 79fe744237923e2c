/** Whether a rebuilt PDF says and shows what it did: poppler reads and draws it before and after. */
import type { ToolBox } from "./tool-box.ts";

export interface Looks {
  /** Undefined where the reader could not open it before. */
  readonly text: boolean | undefined;
  readonly firstPage: boolean | undefined;
}

/** Two files on stdin, the first of so many bytes; a word about the text, then both first pages, if they are drawn. */
const script = (firstBytes: number): string =>
  [
    `cd /work && head -c ${firstBytes} > a.pdf && cat > b.pdf && rm -f *.txt *.ppm`,
    "pdftotext a.pdf a.txt 2>/dev/null && { pdftotext b.pdf b.txt 2>/dev/null; cmp -s a.txt b.txt && echo same || echo differs; } || echo none",
    "for each in a b; do timeout 60 pdftoppm -r 60 -f 1 -l 1 -singlefile $each.pdf $each 2>/dev/null; done",
    "cat a.ppm b.ppm 2>/dev/null; true",
  ].join("; ");

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

function picturesIn(bytes: Buffer): Picture[] {
  const pictures: Picture[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = /^P6\s(\d+) (\d+)\s255\s/.exec(bytes.toString("latin1", at, at + 64));
    if (header === null) break;
    const [width, height] = [Number(header[1]), Number(header[2])];
    const start = at + header[0].length;
    at = start + width * height * 3;
    pictures.push({ width, height, pixels: bytes.subarray(start, at) });
  }
  return pictures;
}

/** A channel may be this far off, and of all channels this share further: where lines are smoothed. */
const tolerance = 16;
const shareFurther = 0.001;

function alike(a: Picture, b: Picture): boolean {
  if (a.width !== b.width || a.height !== b.height) return false;
  const further = a.pixels.reduce(
    (sum, value, index) => sum + (Math.abs(value - (b.pixels[index] ?? 0)) > tolerance ? 1 : 0),
    0,
  );
  return further <= a.pixels.length * shareFurther;
}

export function looks(box: ToolBox, before: Buffer, after: Buffer): Looks {
  const said = box.run(script(before.length), Buffer.concat([before, after]));
  if (said === undefined) return { text: undefined, firstPage: undefined };
  const line = said.indexOf("\n");
  const word = said.toString("latin1", 0, line);
  const [a, b, ...more] = picturesIn(said.subarray(line + 1));
  const drawn = a !== undefined && more.length === 0;
  return {
    text: word === "none" ? undefined : word === "same",
    firstPage: drawn ? b !== undefined && alike(a, b) : undefined,
  };
}

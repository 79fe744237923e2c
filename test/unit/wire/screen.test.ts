import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeViewerScreen,
  parseCursor,
  parseUpdate,
  parseViewerScreen,
  UnfitScreen,
  type ViewerScreenMessage,
} from "../../../images/wire/screen.ts";
import { png, update } from "../../support/screen-bytes.ts";

const unit = [0, 0, 0, 1, 0x65, 0x88];

describe("an update", () => {
  it("says what moved, which parts are exact and which are of a video", () => {
    const bytes = update(1, 100, 80, [
      { kind: 1, bytes: [0, 0, 0, 0, 0, 100, 0, 70, 0, 10] },
      { kind: 2, rects: [[0, 70, 100, 10]], data: png(100, 10) },
      { kind: 3, rects: [[1, 2, 3, 1]], data: [3, 255, 0, 0] },
      { kind: 4, key: 1, rects: [[0, 0, 16, 16]], data: unit },
    ]);
    const { sequence, width, height, parts } = parseUpdate(bytes);
    expect([sequence, width, height]).toEqual([1, 100, 80]);
    expect(parts.map(({ kind }) => kind)).toEqual(["move", "png", "runs", "video"]);
    expect(parts[0]).toEqual({ kind: "move", to: { x: 0, y: 0, w: 100, h: 70 }, fromY: 10 });
  });

  it.each<[string, Buffer]>([
    ["nothing", Buffer.alloc(0)],
    ["half a header", Buffer.from([0, 0, 0, 1, 0])],
    ["no width", update(1, 0, 10, [])],
    ["a display of 5,000 pixels", update(1, 5000, 10, [])],
    ["an unknown part", update(1, 10, 10, [{ kind: 9, bytes: [] }])],
    [
      "65 parts",
      update(1, 10, 10, Array(65).fill({ kind: 1, bytes: [0, 0, 0, 0, 0, 1, 0, 1, 0, 0] })),
    ],
    [
      "a move from below the display",
      update(1, 10, 10, [{ kind: 1, bytes: [0, 0, 0, 0, 0, 10, 0, 5, 0, 6] }]),
    ],
    ["a part outside", update(1, 10, 10, [{ kind: 3, rects: [[8, 0, 4, 1]], data: [4, 0, 0, 0] }])],
    ["a part without pixels", update(1, 10, 10, [{ kind: 3, rects: [[0, 0, 0, 1]], data: [] }])],
    ["no parts in a picture", update(1, 10, 10, [{ kind: 2, rects: [], data: png(1, 1) }])],
    [
      "513 parts in a picture",
      update(1, 600, 10, [{ kind: 2, rects: Array(513).fill([0, 0, 1, 1]), data: png(1, 513) }]),
    ],
    [
      "more pixels than the display has",
      update(1, 10, 10, [
        {
          kind: 3,
          rects: [
            [0, 0, 10, 10],
            [0, 0, 1, 1],
          ],
          data: [101, 0, 0, 0],
        },
      ]),
    ],
    [
      "a PNG that claims 60,000 pixels",
      update(1, 10, 10, [{ kind: 2, rects: [[0, 0, 10, 10]], data: png(60_000, 60_000) }]),
    ],
    [
      "a JPEG in a PNG's place",
      update(1, 10, 10, [
        {
          kind: 2,
          rects: [[0, 0, 10, 10]],
          data: [0xff, 0xd8, 0xff, ...Array<number>(64).fill(0)],
        },
      ]),
    ],
    [
      "SVG in a PNG's place",
      update(1, 10, 10, [
        {
          kind: 2,
          rects: [[0, 0, 10, 10]],
          data: [
            ...Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
          ],
        },
      ]),
    ],
    [
      "runs of too few pixels",
      update(1, 10, 10, [{ kind: 3, rects: [[0, 0, 2, 2]], data: [3, 0, 0, 0] }]),
    ],
    [
      "runs of too many pixels",
      update(1, 10, 10, [{ kind: 3, rects: [[0, 0, 2, 2]], data: [255, 0, 0, 0] }]),
    ],
    ["half a run", update(1, 10, 10, [{ kind: 3, rects: [[0, 0, 1, 1]], data: [1, 0, 0] }])],
    [
      "video that is none",
      update(1, 10, 10, [{ kind: 4, key: 1, rects: [[0, 0, 1, 1]], data: [1, 2, 3, 4, 5, 6] }]),
    ],
    [
      "two videos",
      update(1, 10, 10, Array(2).fill({ kind: 4, key: 1, rects: [[0, 0, 1, 1]], data: unit })),
    ],
    [
      "a key that is neither yes nor no",
      update(1, 10, 10, [{ kind: 4, key: 7, rects: [[0, 0, 1, 1]], data: unit }]),
    ],
    [
      "a length of 4 GB",
      update(1, 10, 10, [{ kind: 1, bytes: [0, 0, 0, 0, 0, 1, 0, 1, 0, 0] }]).fill(0xff, 8),
    ],
  ])("of %s is unfit", (_name, bytes) => {
    expect(() => parseUpdate(bytes)).toThrow(UnfitScreen);
  });

  it("of whatever bytes is an update or unfit, nothing else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const parse of [parseUpdate, parseCursor, parseViewerScreen])
          try {
            parse(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(UnfitScreen);
          }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a pointer's shape", () => {
  const shape = (w: number, h: number, x: number, y: number, bytes: number): Buffer =>
    Buffer.concat([Buffer.from([0, w, 0, h, 0, x, 0, y]), Buffer.alloc(bytes)]);

  it("is its pixels and its point, or nothing at all", () => {
    expect(parseCursor(shape(2, 2, 1, 1, 16))).toMatchObject({ width: 2, height: 2, hotX: 1 });
    expect(parseCursor(shape(0, 0, 0, 0, 0)).width).toBe(0);
  });

  it.each<[string, Buffer]>([
    ["larger than 128", shape(129, 1, 0, 0, 129 * 4)],
    ["shorter than it says", shape(2, 2, 0, 0, 15)],
    ["longer than it says", shape(2, 2, 0, 0, 17)],
    ["pointing beside itself", shape(2, 2, 3, 0, 16)],
  ])("%s is unfit", (_name, bytes) => {
    expect(() => parseCursor(bytes)).toThrow(UnfitScreen);
  });
});

describe("what a viewer says", () => {
  it.each<ViewerScreenMessage>([
    { type: "ack", sequence: 4_000_000_000 },
    { type: "watch", watching: false },
    { type: "pointer", x: 2559, y: 1439, buttons: 127 },
    { type: "refresh" },
    { type: "size", width: 2560, height: 1440, scalePct: 300 },
  ])("arrives as it was: $type", (message) => {
    expect(parseViewerScreen(encodeViewerScreen(message))).toEqual(message);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["an update", new Uint8Array([16, 0])],
    ["one byte more", new Uint8Array([18, 0, 0, 0, 1, 0])],
    ["one byte less", new Uint8Array([18, 0, 0, 0])],
    [
      "a display of 100,000 pixels",
      encodeViewerScreen({ type: "size", width: 65_535, height: 720, scalePct: 100 }),
    ],
    [
      "pages three times as large and more",
      encodeViewerScreen({ type: "size", width: 1280, height: 720, scalePct: 301 }),
    ],
    [
      "pages without a size",
      encodeViewerScreen({ type: "size", width: 1280, height: 720, scalePct: 0 }),
    ],
    ["a megabyte", new Uint8Array(1_000_000).fill(18)],
  ])("is unfit when it is %s", (_name, bytes) => {
    expect(() => parseViewerScreen(bytes)).toThrow(UnfitScreen);
  });
});

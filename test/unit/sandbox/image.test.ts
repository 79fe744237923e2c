import sharp from "sharp";
import { expect, test } from "vitest";
import { photoWithPlace, plainPicture } from "../../../practice/samples/pictures.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";
import { run } from "./run.ts";

test("a photo loses place and camera and keeps size and upright position", async () => {
  const turned = await sharp({ create: { width: 40, height: 20, channels: 3, background: "red" } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const { output } = await run("a.jpg", turned);
  const metadata = await sharp(output).metadata();
  expect([metadata.width, metadata.height, metadata.orientation]).toEqual([20, 40, undefined]);
  const { result } = await run("a.jpg", await photoWithPlace());
  expect(result.removed.map((each) => each.class)).toEqual(["metadata", "location"]);
});

test.each(["png", "gif", "webp", "jpeg"] as const)(
  "what hangs behind the end of a %s is gone",
  async (format) => {
    const picture = await sharp({
      create: { width: 30, height: 30, channels: 3, background: "blue" },
    })
      [format]()
      .toBuffer();
    const { result, output } = await run(
      `a.${format}`,
      Buffer.concat([picture, Buffer.from("PK<script>tail</script>")]),
    );
    expect([result.verdict, result.output?.type]).toEqual(["sanitized", format]);
    expect(output?.includes("tail")).toBe(false);
  },
);

/** Files that are two things at once, as browsers and archive programs see them. */
test.each<readonly [string, "gif" | "jpeg" | "png", (picture: Buffer) => Buffer]>([
  [
    "a JPEG and a zip",
    "jpeg",
    (picture) => Buffer.concat([picture, plainZip([{ name: "a.js", data: Buffer.from("x()") }])]),
  ],
  [
    "a JPEG and an HTA",
    "jpeg",
    (picture) => Buffer.concat([picture, Buffer.from("<hta:application><script>x()")]),
  ],
  [
    "a GIF whose comment is a script",
    "gif",
    (picture) => {
      const script = Buffer.from("*/=1;x()//");
      const comment = Buffer.concat([
        Buffer.from([0x21, 0xfe, script.length]),
        script,
        Buffer.from([0]),
      ]);
      return Buffer.concat([picture.subarray(0, -1), comment, picture.subarray(-1)]);
    },
  ],
  ["a PNG and a PDF", "png", (picture) => Buffer.concat([picture, Buffer.from("%PDF-1.4 x()")])],
])("%s comes out as the picture alone", async (_what, format, join) => {
  const create = { width: 30, height: 30, channels: 3, background: "blue" } as const;
  const picture = await sharp({ create })[format]().toBuffer();
  const { result, output } = await run(`a.${format}`, join(picture));
  expect([result.verdict, result.output?.type]).toEqual(["sanitized", format]);
  expect(output?.toString("latin1")).not.toMatch(/x\(\)|PK\x03\x04|%PDF|hta:/);
  expect((await sharp(output).metadata()).width).toBe(30);
});

test.each([
  ["too many pixels", { imagePixels: 1000 }, "pixel-limit"],
  ["a cut one", {}, "damaged"],
])("%s is blocked", async (what, limits, reason) => {
  const picture = await plainPicture();
  const { result, output } = await run(
    "a.png",
    what === "a cut one" ? picture.subarray(0, 500) : picture,
    limits,
  );
  expect([result.verdict, result.reason, output]).toEqual(["blocked", reason, undefined]);
});

test("a scanned TIFF keeps its pages", async () => {
  const page = { create: { width: 8, height: 16, channels: 3, background: "white" } } as const;
  const tiff = await sharp(page).tiff().toBuffer();
  const { result, output } = await run("a.tif", tiff);
  expect([result.verdict, result.output?.type]).toEqual(["sanitized", "tiff"]);
  expect(await sharp(output).metadata()).toMatchObject({ format: "tiff", width: 8, height: 16 });
});

test("a Windows bitmap becomes a PNG of the same pixels", async () => {
  const bmp = Buffer.alloc(54 + 8);
  bmp.write("BM", "latin1");
  bmp.writeUInt32LE(bmp.length, 2);
  bmp.writeUInt32LE(54, 10);
  bmp.writeUInt32LE(40, 14);
  bmp.writeInt32LE(1, 18);
  bmp.writeInt32LE(2, 22);
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(24, 28);
  // Rows from the bottom, blue first, four bytes each.
  Buffer.from([1, 2, 3, 0, 10, 20, 30, 0]).copy(bmp, 54);
  const { result, output } = await run("a.bmp", bmp);
  expect([result.verdict, result.output?.type]).toEqual(["converted", "png"]);
  expect([...(await sharp(output).removeAlpha().raw().toBuffer())]).toEqual([30, 20, 10, 3, 2, 1]);
});

test("a vector picture with a script becomes how it looks", async () => {
  const svg = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" onload="x()"><script>x()</script><rect width="10" height="10" fill="red"/></svg>`;
  const { result, output } = await run("a.svg", Buffer.from(svg));
  expect([result.verdict, result.output?.type]).toEqual(["converted", "png"]);
  expect(result.removed.map((each) => each.class)).toContain("script");
  expect((await sharp(output).metadata()).width).toBeGreaterThanOrEqual(10);
});

test.each(["4:2:0", "4:4:4"])(
  "a photo with colour of %s keeps it so",
  async (chromaSubsampling) => {
    const create = { width: 64, height: 64, channels: 3, background: "teal" } as const;
    const photo = await sharp({ create }).jpeg({ chromaSubsampling }).toBuffer();
    const { output } = await run("a.jpg", photo);
    expect((await sharp(output).metadata()).chromaSubsampling).toBe(chromaSubsampling);
  },
);

/** Smooth like a photo: each sample is a little off its neighbour. */
const gradual = (side: number): Buffer =>
  Buffer.from(
    Array.from({ length: side * side * 3 }, (_, at) => (at >> 4) + ((at * 2_654_435_761) >>> 30)),
  );

test.each<readonly [string, Buffer]>([
  [
    "a drawing",
    Buffer.from(Array.from({ length: 256 * 256 * 3 }, (_, at) => (at % 96 < 48 ? 255 : 0))),
  ],
  ["a photo", gradual(256)],
])("%s in PNG keeps every pixel, and stays about as small", async (_what, pixels) => {
  const raw = { width: 256, height: 256, channels: 3 } as const;
  const picture = await sharp(pixels, { raw }).png({ adaptiveFiltering: true }).toBuffer();
  const { output } = await run("a.png", picture);
  expect(await sharp(output).raw().toBuffer()).toEqual(pixels);
  expect(output?.length).toBeLessThan(picture.length * 1.3);
});

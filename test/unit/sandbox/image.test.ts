import sharp from "sharp";
import { expect, test } from "vitest";
import { photoWithPlace, plainPicture } from "../../../practice/samples/pictures.ts";
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

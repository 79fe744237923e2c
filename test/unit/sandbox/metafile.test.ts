import { expect, test } from "vitest";
import { identifyByMagic } from "../../../images/sandbox/identify/magic.ts";
import { metafileSize } from "../../../images/sandbox/image/metafile.ts";
import { emfOf, wmfOf } from "../../support/metafiles.ts";

/** StarView's: magic, version and length, compression, a map mode of 10 bytes, a size. */
function starView(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write("VCLMTF", "latin1");
  bytes.writeUInt32LE(10, 18);
  bytes.writeInt32LE(width, 32);
  bytes.writeInt32LE(height, 36);
  return bytes;
}

test.each<readonly [string, Buffer, readonly [number, number]]>([
  ["EMF in millimetres", emfOf(60, 30), [60, 30]],
  ["WMF with a place, in units of its own", wmfOf(1440, 720), [25.4, 12.7]],
  ["WMF without one has a shape", wmfOf(1440, 720).subarray(22), [120, 60]],
  ["StarView's own", starView(300, 100), [120, 40]],
  ["an EMF that says nothing is a square", emfOf(0, 0), [120, 120]],
  ["a WMF that ends too early is one, too", wmfOf(9, 9).subarray(22, 60), [120, 120]],
])("%s", (_name, bytes, [width, height]) => {
  expect(identifyByMagic(bytes)).toBe("metafile");
  const { widthMm, heightMm } = metafileSize(bytes);
  expect(widthMm).toBeCloseTo(width);
  expect(heightMm).toBeCloseTo(height);
});

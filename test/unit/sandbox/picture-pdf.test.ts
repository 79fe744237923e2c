/** The PDF of pictures: every offset of its table leads to the object it names, and nothing is in it but pages. */
import { expect, test } from "vitest";
import { writePicturePdf } from "../../../images/sandbox/pdf/picture-pdf.ts";
import { forbiddenNames, scanNames } from "../../../images/sandbox/pdf/scan-names.ts";

const page = (jpeg: string, grey = false) => ({
  jpeg: Buffer.from(jpeg),
  widthPx: 10,
  heightPx: 20,
  grey,
  widthPt: 595.276,
  heightPt: 841.89,
});

const bytes = writePicturePdf([page("first"), page("second stream", true)]);
const text = bytes.toString("latin1");

test("the table at its end names the place of every object", () => {
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  const table = text.slice(start);
  expect(table).toMatch(/^xref\n0 9\n0000000000 65535 f \n/);
  const places = [...table.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, place]) => Number(place));
  expect(places).toHaveLength(8);
  for (const [index, place] of places.entries())
    expect(text.slice(place)).toMatch(new RegExp(`^${index + 1} 0 obj\n`));
});

test("each page shows its picture at its size, in its colours", () => {
  expect(text).toContain("/Count 2 /Kids [3 0 R 6 0 R]");
  expect(text).toContain("/MediaBox [0 0 595.28 841.89] /Contents 4 0 R");
  expect(text).toContain("/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length 5");
  expect(text).toContain(
    "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode /Length 13",
  );
  expect(text).toContain("stream\nsecond stream\nendstream");
});

test("no name of it runs, sends or holds anything", () => {
  const names = scanNames(bytes);
  expect(names.has("Page")).toBe(true);
  expect(forbiddenNames.filter((name) => names.has(name))).toEqual([]);
});

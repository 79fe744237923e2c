/** PDF samples, written by hand so that nothing but what is meant is inside. Pure. */

const utf16 = (text: string): string =>
  Buffer.from(`\ufeff${text}`, "utf16le").swap16().toString("hex");
const shown = (text: string): string => Buffer.from(text, "utf16le").swap16().toString("hex");

function assemble(objects: readonly string[], info: number): Buffer {
  let text = "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n";
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Info ${info} 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(`${text}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}`, "latin1");
}

interface PdfParts {
  readonly title: string;
  readonly line: string;
  /** More entries of the catalog. */
  readonly catalog?: string;
  /** More entries of the page. */
  readonly page?: string;
  readonly more?: readonly string[];
  /** References to pages behind the first. */
  readonly morePages?: readonly string[];
}

/** Objects 8 and up are `more`. */
export function makePdf(parts: PdfParts): Buffer {
  const { title, line, catalog = "", page = "", more = [], morePages = [] } = parts;
  const kids = ["3 0 R", ...morePages];
  const content = `BT /F1 24 Tf 72 720 Td <${shown(line)}> Tj ET`;
  return assemble(
    [
      `<< /Type /Catalog /Pages 2 0 R /Lang (ja-JP) ${catalog} >>`,
      `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${kids.length} >>`,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R ${page} >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      "<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5 /Encoding /UniJIS-UTF16-H /DescendantFonts [6 0 R] >>",
      "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>",
      `<< /Title <${utf16(title)}> /Author <${utf16("訓練用サイト")}> >>`,
      ...more,
    ],
    7,
  );
}

export const cleanPdf = (): Buffer =>
  makePdf({ title: "訓練用のお知らせ", line: "訓練用のお知らせ" });

/** Scripts in three places: on opening, in the name tree and on a link. */
export const scriptedPdf = (): Buffer =>
  makePdf({
    title: "スクリプト入り",
    line: "スクリプト入りの文書",
    catalog: "/OpenAction 8 0 R /Names << /JavaScript << /Names [(x) 8 0 R] >> >>",
    page: "/AA << /O 8 0 R >> /Annots [9 0 R 10 0 R]",
    more: [
      "<< /Type /Action /S /JavaScript /JS (app.alert\\('hanare'\\);) >>",
      "<< /Type /Annot /Subtype /Link /Rect [72 700 200 740] /A << /S /Launch /F (calc.exe) >> >>",
      "<< /Type /Annot /Subtype /Link /Rect [72 600 200 640] /A << /S /URI /URI (https://example.com/) >> >>",
    ],
  });

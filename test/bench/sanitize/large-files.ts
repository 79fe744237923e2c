/**
 * Large files of our own, made at run time: what a megabyte costs is measured on the same ones each time, whatever
 * the corpus holds. They are like those of people: a photo of a telephone, a report with photos, screens and tables.
 */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { writeZip } from "../../../images/sandbox/zip/write.ts";
import {
  officeRelation,
  packageOf,
  paragraph,
  relations,
  wordDocument,
} from "../../../practice/samples/office.ts";
import { cleanPdf } from "../../../practice/samples/pdf.ts";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { readEntry } from "../../../images/sandbox/zip/read-entry.ts";

export type LargeKind = "jpeg" | "ooxml" | "pdf";

export interface LargeFile {
  readonly kind: LargeKind;
  readonly name: string;
  readonly bytes: Buffer;
}

/** Shapes large and small with the grain of a sensor: a photo to an encoder, the same one each time. */
async function photo(width: number, height: number, quality: number): Promise<Buffer> {
  let seed = 1;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
  const noise = (side: number): Buffer => {
    const samples = Buffer.alloc(side * side * 3);
    for (let at = 0; at < samples.length; at += 1) samples[at] = next() & 0xff;
    return samples;
  };
  const layer = async (side: number, opacity: number): Promise<Buffer> => {
    const raw = { width: side, height: side, channels: 3 } as const;
    const options = { width, height, fit: "fill", kernel: "cubic" } as const;
    return sharp(noise(side), { raw })
      .resize(options)
      .ensureAlpha(opacity)
      .png({ compressionLevel: 0 })
      .toBuffer();
  };
  const [coarse, middle, fine] = [
    await layer(12, 1),
    await layer(160, 0.35),
    await layer(1400, 0.4),
  ];
  return sharp(coarse)
    .composite([{ input: middle }, { input: fine }])
    .removeAlpha()
    .jpeg({ quality })
    .toBuffer();
}

const screen = (): Promise<Buffer> => {
  const lines = Array.from(
    { length: 60 },
    (_, row) =>
      `<rect x="${(row * 37) % 200}" y="${row * 16}" width="${300 + ((row * 97) % 700)}" height="9" fill="#${((row * 2_654_435) & 0xff_ff_ff).toString(16).padStart(6, "0")}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1000"><rect width="1600" height="1000" fill="#fff"/>${lines.join("")}</svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
};

const sentences = (count: number): string =>
  Array.from({ length: count }, (_, at) =>
    paragraph(
      `第${at}項 申請書の受付は${(at * 7) % 31}日から始まり、${(at * 13) % 97}件を処理した。`,
    ),
  ).join("");

const picturesIn = 9;

async function report(): Promise<Buffer> {
  const [taken, drawn] = [await photo(1600, 1200, 88), await screen()];
  const pictures = Array.from({ length: picturesIn }, (_, at) => ({
    name: `word/media/image${at}.${at % 3 === 2 ? "png" : "jpeg"}`,
    data: at % 3 === 2 ? drawn : taken,
  }));
  const drawing = (at: number): string =>
    `<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:300pt;height:200pt"><v:imagedata r:id="rId${at}"/></v:shape></w:pict></w:r></w:p>`;
  const body = `${sentences(4000)}${pictures.map((_, at) => drawing(at)).join("")}`;
  const parts = packageOf(
    {
      "word/document.xml":
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
      ...Object.fromEntries(
        pictures.map(({ name }) => [name, name.endsWith("png") ? "image/png" : "image/jpeg"]),
      ),
    },
    {
      "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "word/document.xml")]),
      "word/document.xml": wordDocument(body),
      "word/_rels/document.xml.rels": relations(
        pictures.map(({ name }, at) =>
          officeRelation(`rId${at}`, "image", name.slice("word/".length)),
        ),
      ),
      ...Object.fromEntries(pictures.map(({ name, data }) => [name, data])),
    },
  );
  // As an office program packs it.
  const members = readZipDirectory(parts).entries.map((entry) => ({
    name: entry.name,
    data: readEntry(parts, entry, parts.length),
  }));
  return writeZip(members);
}

const pages = 120;

/** Pages of text, packed, every twentieth with a photo. */
async function paper(): Promise<Buffer> {
  const picture = await photo(1600, 1200, 88);
  const objects: Buffer[] = [];
  const add = (text: string, stream?: Buffer): number => {
    const data = stream === undefined ? "" : `\nstream\n${stream.toString("latin1")}\nendstream`;
    objects.push(Buffer.from(`${text}${data}`, "latin1"));
    return objects.length;
  };
  add("<< /Type /Catalog /Pages 2 0 R >>");
  const kids = Array.from({ length: pages }, (_, at) => `${4 + at * 3} 0 R`);
  add(`<< /Type /Pages /Count ${pages} /Kids [${kids.join(" ")}] >>`);
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  for (let at = 0; at < pages; at += 1) {
    const lines = Array.from(
      { length: 55 },
      (_, row) =>
        `(Line ${row} of page ${at}: ${(at * 7919 + row * 104_729) % 1_000_003} forms) Tj T*`,
    );
    const hasPicture = at % 20 === 0;
    const show = hasPicture ? "q 500 0 0 375 48 60 cm /P Do Q " : "";
    const content = deflateSync(`${show}BT /F 9 Tf 12 TL 48 800 Td ${lines.join(" ")} ET`);
    const images = hasPicture ? `/XObject << /P ${6 + at * 3} 0 R >>` : "";
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + at * 3} 0 R /Resources << /Font << /F 3 0 R >> ${images} >> >>`,
    );
    add(`<< /Filter /FlateDecode /Length ${content.length} >>`, content);
    if (hasPicture)
      add(
        `<< /Type /XObject /Subtype /Image /Width 1600 /Height 1200 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${picture.length} >>`,
        picture,
      );
    else add("null");
  }
  return pdfOf(objects);
}

function pdfOf(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", "latin1")];
  let length = parts[0]?.length ?? 0;
  const places = objects.map((object, index) => {
    const place = length;
    const part = Buffer.concat([
      Buffer.from(`${index + 1} 0 obj\n`),
      object,
      Buffer.from("\nendobj\n"),
    ]);
    parts.push(part);
    length += part.length;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${places.join("")}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** One of each kind, and a small one, whose time is that of container, scanner and the start of programs. */
export async function largeFiles(): Promise<{ large: LargeFile[]; small: LargeFile[] }> {
  const tiny = await photo(64, 48, 88);
  const document = packageOf(
    {
      "word/document.xml":
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    },
    {
      "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "word/document.xml")]),
      "word/document.xml": wordDocument(sentences(3)),
    },
  );
  return {
    large: [
      { kind: "jpeg", name: "photo.jpg", bytes: await photo(5200, 3900, 90) },
      { kind: "ooxml", name: "report.docx", bytes: await report() },
      { kind: "pdf", name: "paper.pdf", bytes: await paper() },
    ],
    small: [
      { kind: "jpeg", name: "small.jpg", bytes: tiny },
      { kind: "ooxml", name: "small.docx", bytes: document },
      { kind: "pdf", name: "small.pdf", bytes: cleanPdf() },
    ],
  };
}

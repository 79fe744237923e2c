/** Files that are small and become large, or never end: each of a kind of its own. */
import { deflateRawSync, deflateSync, constants, crc32, gzipSync } from "node:zlib";
import {
  officeRelation,
  packageOf,
  paragraph,
  relations,
  wordDocument,
} from "../../practice/samples/office.ts";
import { plainZip, zeroBomb } from "../../practice/samples/plain-zip.ts";
import { gzipQuine } from "./quine.ts";

const megabyte = 1024 ** 2;

/** A deflated stream of so many zeros, made of one piece over and over. */
function deflatedZeros(megabytes: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(megabyte), { finishFlush: constants.Z_FULL_FLUSH });
  const end = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([...Array.from({ length: megabytes }, () => piece), end]);
}

/** Ten gigabytes in ten megabytes, in a gzip. */
const gzipOf = (deflated: Buffer): Buffer =>
  Buffer.concat([Buffer.from("1f8b0800000000000003", "hex"), deflated, Buffer.alloc(8)]);

/** A zip whose only member says that it has ten bytes. */
function lyingZip(deflated: Buffer): Buffer {
  const honest = plainZip([{ name: "a.txt", data: Buffer.from("0123456789") }]);
  const packed = deflateRawSync(Buffer.from("0123456789"));
  const at = honest.indexOf(packed);
  const whole = Buffer.concat([
    honest.subarray(0, at),
    deflated,
    honest.subarray(at + packed.length),
  ]);
  const directory = whole.lastIndexOf("PK\x01\x02", undefined, "latin1");
  whole.writeUInt32LE(deflated.length, 18);
  whole.writeUInt32LE(deflated.length, directory + 20);
  whole.writeUInt32LE(directory, whole.length - 6);
  return whole;
}

const nested = (depth: number): Buffer =>
  Array.from({ length: depth }).reduce<Buffer>(
    (inner) => plainZip([{ name: "a.zip", data: inner }]),
    plainZip([{ name: "a.txt", data: Buffer.from("a") }]),
  );

/** Each name stands for ten of the one before. */
function laughs(): Buffer {
  const names = "abcdefghij".split("");
  const entities = names.map((name, index) => {
    const value = index === 0 ? "ha" : `&${names[index - 1] ?? ""};`.repeat(10);
    return `<!ENTITY ${name} "${value}">`;
  });
  const body = wordDocument(paragraph("&j;")).replace(
    /\?>/,
    `?><!DOCTYPE w:document [${entities.join("")}]>`,
  );
  return packageOf(
    {
      "word/document.xml":
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    },
    {
      "_rels/.rels": relations([officeRelation("r1", "officeDocument", "word/document.xml")]),
      "word/document.xml": body,
    },
  );
}

const pngChunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

/** Black, of a bit for each pixel. */
function pixels(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    ...[pngChunk("IHDR", header), pngChunk("IDAT", rows), pngChunk("IEND", Buffer.alloc(0))],
  ]);
}

/** So many empty pages. */
export function pages(count: number): Buffer {
  const numbers = Array.from({ length: count }, (_, index) => index + 3);
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    `<</Type/Pages/Count ${count}/Kids[${numbers.map((each) => `${each} 0 R`).join(" ")}]>>`,
    ...numbers.map(() => "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
  ];
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj${object}endobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}`;
  const end = `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(body + table + end);
}

/** Those that our own code takes apart, with why they are refused. */
export const bombs = (): readonly (readonly [
  what: string,
  name: string,
  bytes: Buffer,
  reason: RegExp,
])[] => {
  const ten = deflatedZeros(10 * 1024);
  return [
    ["ten gigabytes of zeros", "a.gz", gzipOf(ten), /^ratio-limit$/],
    ["ten gigabytes under ten bytes", "a.zip", lyingZip(ten), /^archive-malformed$/],
    ["members over each other", "a.zip", zeroBomb(140, 8 * megabyte), /^ratio-limit$/],
    ["a file that unpacks to itself", "a.gz", gzipQuine(), /^nesting-limit$/],
    ["twenty archives deep", "a.zip", nested(20), /^nesting-limit$/],
    ["20,000 members", "a.zip", zeroBomb(20_000, 1), /^member-limit$/],
    ["gzip in gzip", "a.gz", gzipSync(gzipOf(deflatedZeros(1024))), /^ratio-limit$/],
    ["entities of entities", "a.docx", laughs(), /^damaged$/],
    ["900 million pixels", "a.png", pixels(30_000), /^pixel-limit$/],
  ];
};

/** Files with bytes changed, cut out, doubled and cut off: small ones of many kinds, and what breaks them. */
import { gzipSync } from "node:zlib";
import { cleanWorkbook, macroDocument } from "../../practice/samples/office.ts";
import { cleanPdf, scriptedPdf } from "../../practice/samples/pdf.ts";
import { photoWithPlace, plainPicture } from "../../practice/samples/pictures.ts";
import { plainZip } from "../../practice/samples/plain-zip.ts";
import { compoundFile } from "./compound-file.ts";
import { dotx, mht, msg, odf, potx, sfc, svg, unopened, xlsb } from "./kinds.ts";
import { tarOf } from "./tar.ts";

/** Below its argument. */
export type Random = (below: number) => number;

/** mulberry32: small, and the same on every machine. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Numbers that formats trip over. */
const edges = [0, 1, 0x7f, 0x80, 0xff] as const;

export function mutate(source: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(source);
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(bytes.length);
    const length = 1 + random(Math.min(64, bytes.length));
    const piece = bytes.subarray(at, at + length);
    switch (random(5)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = edges[random(edges.length)] ?? 0;
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.from(bytes.subarray(0, Math.max(at, 1)));
    }
    if (bytes.length === 0) return Buffer.from([0]);
  }
  return bytes;
}

const mail = Buffer.from(
  'From: a@example.jp\r\nSubject: =?UTF-8?B?44GC?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b\r\nContent-Type: text/csv; name="a.csv"\r\nContent-Disposition: attachment; filename="a.csv"\r\n\r\n=1+1,2\r\n--b--\r\n',
);
const web = Buffer.from(
  "<!doctype html><p onclick=a()>あ<script>b</script><img src=http://x/a.png>",
);
const drawing = Buffer.from("0\nSECTION\n2\nENTITIES\n0\nLINE\n0\nENDSEC\n0\nEOF\n");

export interface MutationSource {
  readonly name: string;
  readonly bytes: Buffer;
  /** `program`: of the sandbox's image; `office`: a box of its own each time. */
  readonly needs?: "office" | "program";
}

/** Whole files. */
export async function mutationSources(): Promise<readonly MutationSource[]> {
  return [
    { name: "a.docm", bytes: macroDocument() },
    { name: "a.xlsx", bytes: cleanWorkbook() },
    { name: "a.jpg", bytes: await photoWithPlace() },
    { name: "a.png", bytes: await plainPicture() },
    {
      name: "a.zip",
      bytes: plainZip([
        { name: "b.xlsx", data: cleanWorkbook() },
        { name: "c.csv", data: Buffer.from("=1,2\n") },
      ]),
    },
    { name: "a.tar", bytes: tarOf([{ name: "あ.txt", data: Buffer.from("a") }]) },
    { name: "a.gz", bytes: gzipSync(Buffer.from("a,b\n1,2\n")) },
    { name: "a.eml", bytes: mail },
    { name: "a.html", bytes: web },
    { name: "a.dxf", bytes: drawing },
    {
      ...{ name: "a.doc", needs: "office" },
      bytes: compoundFile({ WordDocument: Buffer.alloc(600, 1), "VBA/dir": Buffer.from("x") }),
    },
    { name: "a.csv", bytes: Buffer.from("氏名,=cmd|'/c calc'!A1\n-1,+2\n") },
    { name: "a.msg", bytes: msg() },
    { name: "a.mht", bytes: mht(await plainPicture()) },
    { name: "a.svg", bytes: svg() },
    { name: "a.dotx", bytes: dotx() },
    { name: "a.potx", bytes: potx() },
    { name: "a.xlsb", bytes: xlsb(), needs: "office" },
    { name: "a.ods", bytes: odf("spreadsheet", "<table:table/>") },
    { name: "a.sfc", bytes: sfc() },
    { name: "a.jtd", bytes: unopened.jtd() },
    { name: "a.pdf", bytes: cleanPdf(), needs: "program" },
    { name: "b.pdf", bytes: scriptedPdf(), needs: "program" },
  ];
}

/**
 * Files with bytes changed, cut out, doubled and cut off: whatever they are, the answer is one of the protocol and what
 * leaves passes every check of its own. The same sequence each time; `HANARE_MUTATIONS=10000` makes it long.
 */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { cleanWorkbook, macroDocument } from "../../../practice/samples/office.ts";
import { photoWithPlace, plainPicture } from "../../../practice/samples/pictures.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";
import { compoundFile } from "../../support/compound-file.ts";
import { dotx, mht, msg, odf, potx, sfc, svg, unopened, xlsb } from "../../support/kinds.ts";
import { tarOf } from "../../support/tar.ts";
import { run } from "./run.ts";

const count = Number(process.env["HANARE_MUTATIONS"] ?? "400");

/** mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): (below: number) => number {
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

function mutate(source: Buffer, random: (below: number) => number): Buffer {
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

test("no mutated file gets anything but an answer", async () => {
  const sources: readonly (readonly [string, Buffer])[] = [
    ["a.docm", macroDocument()],
    ["a.xlsx", cleanWorkbook()],
    ["a.jpg", await photoWithPlace()],
    ["a.png", await plainPicture()],
    [
      "a.zip",
      plainZip([
        { name: "b.xlsx", data: cleanWorkbook() },
        { name: "c.csv", data: Buffer.from("=1,2\n") },
      ]),
    ],
    ["a.tar", tarOf([{ name: "あ.txt", data: Buffer.from("a") }])],
    ["a.gz", gzipSync(Buffer.from("a,b\n1,2\n"))],
    ["a.eml", mail],
    ["a.html", web],
    ["a.dxf", drawing],
    ["a.doc", compoundFile({ WordDocument: Buffer.alloc(600, 1), "VBA/dir": Buffer.from("x") })],
    ["a.csv", Buffer.from("氏名,=cmd|'/c calc'!A1\n-1,+2\n")],
    ["a.msg", msg()],
    ["a.mht", mht(await plainPicture())],
    ["a.svg", svg()],
    ["a.dotx", dotx()],
    ["a.potx", potx()],
    ["a.xlsb", xlsb()],
    ["a.ods", odf("spreadsheet", "<table:table/>")],
    ["a.sfc", sfc()],
    ["a.jtd", unopened.jtd()],
  ];
  const random = randomFrom(20_260_401);
  const verdicts = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const [name, source] = sources[index % sources.length] ?? ["a", Buffer.from("a")];
    const bytes = mutate(source, random);
    // A fault of the program would throw here; runJob answers for everything that is in a file.
    const { result } = await run(name, bytes).catch((error: unknown) => {
      throw new Error(`${name} ${bytes.toString("base64").slice(0, 4000)}`, { cause: error });
    });
    verdicts.set(result.verdict, (verdicts.get(result.verdict) ?? 0) + 1);
  }
  // Some survive, some do not: otherwise the changes would be too few or too many to mean anything.
  expect(verdicts.get("blocked") ?? 0).toBeGreaterThan(count / 20);
  expect((verdicts.get("sanitized") ?? 0) + (verdicts.get("converted") ?? 0)).toBeGreaterThan(
    count / 20,
  );
  expect(verdicts.get("failed") ?? 0).toBe(0);
}, 600_000);

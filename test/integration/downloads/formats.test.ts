/** Formats that need the programs inside the images: foreign archives, YARA, and EICAR in every wrapping. */
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import sharp from "sharp";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { readEntry } from "../../../images/sandbox/zip/read-entry.ts";
import type { DownloadView } from "../../../orchestrator/downloads/types.ts";
import {
  macroDocument,
  officeRelation,
  packageOf,
  paragraph,
  relations,
  wordDocument,
} from "../../../practice/samples/office.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";
import { lockAgile } from "../../support/encrypted-office.ts";
import { pages } from "../../support/bombs.ts";
import {
  archives,
  dotx,
  dxf,
  eml,
  mht,
  msg,
  odf,
  potx,
  sfc,
  svg,
  unopened,
  xlsb,
  xltx,
} from "../../support/kinds.ts";
import { emfOf } from "../../support/metafiles.ts";
import { cabOf, lockedRar, lzhOf } from "../../support/old-archives.ts";
import { tarOf } from "../../support/tar.ts";
import { type DeskHarness, openDesk } from "./desk-harness.ts";

let harness: DeskHarness;
const password = "離れ-2026";

beforeAll(async () => {
  harness = await openDesk({ files: { parallel: 2 } });
}, 60_000);

afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  expect(await harness.engine.list()).toEqual([]);
}, 60_000);

const text = (value: string): Buffer => Buffer.from(value);

/** 7zip is in the image; the host needs none. */
function sevenZip(data: Buffer, name: string, ...options: string[]): Buffer {
  const script = `cat > "/work/${name}" && cd /work && 7z a -bso0 -bsp0 ${options.join(" ")} out.7z "${name}" && cat out.7z`;
  return execFileSync(
    "docker",
    [
      "run",
      "--rm",
      "-i",
      "--network",
      "none",
      "--tmpfs",
      "/work:uid=64904,gid=64904",
      "--entrypoint",
      "sh",
    ].concat([harness.sandboxImage, "-c", script]),
    { input: data, maxBuffer: 64 * 1024 ** 2, stdio: ["pipe", "pipe", "ignore"] },
  );
}

async function lockedZip(name: string, data: Buffer): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { password, encryptionStrength: 3 });
  await writer.add(name, new Uint8ArrayReader(data));
  return Buffer.from(await writer.close());
}

/** What a person finds in it: names and texts of a package, a mail's parts decoded, or the text itself. */
function inside(bytes: Buffer): string {
  if (bytes.subarray(0, 2).toString() === "PK")
    return readZipDirectory(bytes)
      .entries.map((each) => `${each.name}\n${readEntry(bytes, each, 1_000_000).toString()}`)
      .join("\n");
  const mail = bytes.toString("utf8");
  if (!mail.startsWith("MIME-Version") && !/^(From|Subject|Date): /m.test(mail)) return mail;
  return mail.replace(/(?:^[A-Za-z0-9+/=]{4,}\r?\n)+/gm, (each) =>
    Buffer.from(each, "base64").toString(),
  );
}

interface Kind {
  readonly name: string;
  readonly make: () => Buffer | Promise<Buffer>;
  /** Verdict, reason, type. */
  readonly judged: string;
  readonly leavesAs?: string;
  /** Of what leaves. */
  readonly holds?: RegExp;
}
const pixel = () =>
  sharp({ create: { width: 4, height: 4, channels: 3, background: "red" } })
    .png()
    .toBuffer();
const table = `<table:table table:name="a"><table:table-row><table:table-cell office:value-type="string"><text:p>合計</text:p></table:table-cell></table:table-row></table:table>`;
const slide = `<draw:page draw:name="a"><draw:frame><draw:text-box><text:p>説明会</text:p></draw:text-box></draw:frame></draw:page>`;
const rebuilt = (type: string) => `converted members-rebuilt ${type}`;

const kinds: readonly Kind[] = [
  {
    ...{ name: "件名.msg", make: msg, judged: "converted members-rebuilt msg" },
    ...{ leavesAs: "件名.eml", holds: /本文です[^]*a,'=/ },
  },
  {
    ...{ name: "件名.eml", make: () => eml("申請書.docm", macroDocument()) },
    ...{ judged: "sanitized members-rebuilt mail", leavesAs: "件名.eml" },
    holds: /本文[^]*wordprocessingml\.document\r?\n[^]*word\/document\.xml/,
  },
  {
    ...{ name: "記事.mht", make: async () => mht(await pixel()) },
    ...{ judged: "converted format-converted mhtml", leavesAs: "記事.html" },
    holds: /本文<img src="data:image\/png/,
  },
  {
    ...{ name: "様式.dotx", make: dotx, judged: "sanitized active-content-removed docx" },
    ...{ leavesAs: "様式.dotx", holds: /様式第一号/ },
  },
  {
    ...{ name: "集計.xltx", make: xltx, judged: "sanitized rebuilt xlsx" },
    ...{ leavesAs: "集計.xltx", holds: /合計/ },
  },
  {
    ...{ name: "説明.potx", make: potx, judged: "sanitized rebuilt pptx" },
    ...{ leavesAs: "説明.potx", holds: /説明会/ },
  },
  {
    ...{ name: "集計.xlsb", make: xlsb, judged: "converted format-converted xlsb" },
    ...{ leavesAs: "集計.xlsx", holds: /合計/ },
  },
  {
    ...{ name: "起案.odt", make: () => odf("text", "<text:p>起案書</text:p>") },
    ...{ judged: "sanitized macro-removed odt", leavesAs: "起案.odt", holds: /起案書/ },
  },
  {
    ...{ name: "集計.ods", make: () => odf("spreadsheet", table) },
    ...{ judged: "sanitized macro-removed ods", leavesAs: "集計.ods", holds: /合計/ },
  },
  {
    ...{ name: "説明.odp", make: () => odf("presentation", slide) },
    ...{ judged: "sanitized macro-removed odp", leavesAs: "説明.odp", holds: /説明会/ },
  },
  {
    ...{ name: "図.svg", make: svg, judged: "converted format-converted svg" },
    ...{ leavesAs: "図.png", holds: /PNG/ },
  },
  {
    ...{ name: "図.emf", make: () => emfOf(60, 30), judged: "converted format-converted metafile" },
    ...{ leavesAs: "図.png", holds: /PNG/ },
  },
  {
    ...{ name: "資料.cab", make: archives.cab, judged: rebuilt("cab") },
    ...{ leavesAs: "資料.zip", holds: /^memo\.txt\n一枚$/ },
  },
  {
    ...{ name: "資料.lzh", make: archives.lzh, judged: rebuilt("lzh") },
    ...{ leavesAs: "資料.zip", holds: /^ソ能\/表\.txt\n一枚$/ },
  },
  {
    ...{ name: "資料.rar", make: archives.rar, judged: rebuilt("rar") },
    ...{ leavesAs: "資料.zip", holds: /^議事録\.txt\n一枚$/ },
  },
  {
    ...{ name: "資料.7z", make: () => sevenZip(text("一枚"), "議事録.txt"), judged: rebuilt("7z") },
    ...{ leavesAs: "資料.zip", holds: /^議事録\.txt\n一枚$/ },
  },
  {
    ...{ name: "資料.tar.gz", make: archives.tarGz, judged: rebuilt("gzip") },
    ...{ leavesAs: "資料.tar.gz.zip", holds: /^目録\.txt\n一枚$/ },
  },
  {
    ...{ name: "図面.dxf", make: dxf, judged: "released_as_is clean-text dxf" },
    ...{ leavesAs: "図面.dxf", holds: /ENTITIES/ },
  },
  {
    ...{ name: "図面.sfc", make: sfc, judged: "released_as_is clean-text sxf" },
    ...{ leavesAs: "図面.sfc", holds: /#1=A/ },
  },
  { name: "計画.jtd", make: unopened.jtd, judged: "needs_approval no-engine jtd" },
  { name: "会議.mp4", make: unopened.mp4, judged: "needs_approval no-engine media" },
  { name: "資料.lnk", make: unopened.lnk, judged: "blocked executable executable" },
  { name: "道具.exe", make: unopened.exe, judged: "blocked executable executable" },
  { name: "資料.iso", make: unopened.iso, judged: "blocked executable-extension disk-image" },
];

describe("every kind of file", () => {
  const received = new Map<string, Promise<DownloadView>>();
  // All wait in the desk's own queue, as if a person had taken them at once.
  beforeAll(async () => {
    for (const { name, make } of kinds) received.set(name, harness.receive(name, await make()));
  });

  test.each(kinds)("$name: $judged", async ({ name, judged, leavesAs, holds }) => {
    const view = await received.get(name);
    if (view === undefined) throw new Error("not received");
    expect(`${view.verdict} ${view.reason} ${view.contentType}`).toBe(judged);
    expect(view.releasable).toBe(leavesAs !== undefined);
    if (leavesAs === undefined) return;
    const leaving = await harness.fetch(view);
    expect(leaving.name).toBe(leavesAs);
    const shown = inside(leaving.bytes);
    expect(shown).toMatch(holds ?? /$/);
    expect(shown).not.toMatch(/evil|vbaProject/);
  });
});

describe("archives of other programs", () => {
  test("a 7z with a password opens with one of those given", async () => {
    const bytes = sevenZip(text("秘密"), "a.txt", `-p${password}`, "-mhe=on");
    const without = await harness.receive("a.7z", bytes);
    expect([without.verdict, without.reason]).toEqual(["needs_password", "password-required"]);
    const opened = await harness.receive("a.7z", bytes, { passwords: ["x", password] });
    expect([opened.verdict, opened.reason]).toEqual(["converted", "members-rebuilt"]);
    expect(harness.logged("sandbox-job") + JSON.stringify(harness.events)).not.toContain(password);
  });
});

test("a RAR with a password is held with that reason: no program here opens one", async () => {
  const view = await harness.receive("a.rar", lockedRar(), { passwords: ["password"] });
  expect([view.verdict, view.reason]).toEqual(["needs_approval", "password-unsupported"]);
});

describe("EICAR is found in every wrapping", () => {
  const eicar = Buffer.from(
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}", "$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!", "$H+H*"].join(""),
  );
  const zipOf = (name: string, data: Buffer): Buffer => plainZip([{ name, data }]);
  const deep = (): Buffer =>
    [1, 2, 3].reduce((inner) => zipOf("a.zip", inner), zipOf("e.txt", eicar));
  const docx = (): Buffer =>
    packageOf(
      {
        "word/document.xml":
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
      },
      {
        "_rels/.rels": relations([officeRelation("r1", "officeDocument", "word/document.xml")]),
        "word/document.xml": wordDocument(paragraph("a")),
        "word/media/image1.png": eicar,
      },
    );
  const mail = (): Buffer =>
    text(
      `From: a@example.jp\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: application/octet-stream; name="e.txt"\r\nContent-Disposition: attachment; filename="e.txt"\r\nContent-Transfer-Encoding: base64\r\n\r\n${eicar.toString("base64")}\r\n--b--\r\n`,
    );

  test.each<readonly [string, () => Buffer | Promise<Buffer>]>([
    ["e.txt", () => eicar],
    ["e.zip", () => zipOf("e.txt", eicar)],
    ["deep.zip", deep],
    ["e.7z", () => sevenZip(eicar, "e.txt")],
    ["e.lzh", () => lzhOf(Buffer.from("e.txt"), eicar)],
    ["e.cab", () => cabOf(Buffer.from("e.txt"), eicar)],
    ["e.tar", () => tarOf([{ name: "e.txt", data: eicar }])],
    ["e.tar.gz", () => gzipSync(tarOf([{ name: "e.txt", data: eicar }]))],
    ["e.docx", docx],
    ["e.eml", mail],
    ["locked.zip", () => lockedZip("e.txt", eicar)],
    ["locked.7z", () => sevenZip(eicar, "e.txt", `-p${password}`, "-mhe=on")],
    ["locked.docx", () => lockAgile(docx(), password)],
  ])("%s", async (name, make) => {
    const view = await harness.receive(name, await make(), { passwords: [password] });
    expect([view.verdict, view.releasable]).toEqual(["infected", false]);
  });
});

test("our own rules look at every member beside the scanner", async () => {
  const marked = text(["HANARE-TRAINING-RULE-", "b6f1d0c2-match-me"].join(""));
  const view = await harness.receive("a.zip", plainZip([{ name: "a.txt", data: marked }]));
  expect([view.verdict, view.reason]).toEqual(["infected", "rule-match:Hanare_Training_Test"]);
});

test("the record names what was removed, where, and by which versions", async () => {
  const view = await harness.receive(
    "a.zip",
    plainZip([{ name: "m.docm", data: macroDocument() }]),
  );
  expect(view.removed).toEqual([{ class: "macro", count: 1 }]);
  const verdict = harness.events.findLast((each) => each.action === "verdict");
  expect(String(verdict?.details?.["engines"])).toMatch(/yara=/);
});

test("a PDF of too many pages is refused in a moment; one that is a zip as well leaves as a PDF alone", async () => {
  const begun = performance.now();
  const many = await harness.receive("a.pdf", pages(11_000));
  expect([many.verdict, many.reason]).toEqual(["blocked", "page-limit"]);
  expect(performance.now() - begun).toBeLessThan(10_000);
  const both = Buffer.concat([pages(1), plainZip([{ name: "a.js", data: text("x()") }])]);
  const view = await harness.receive("a.pdf", both);
  expect(view.verdict).toBe("sanitized");
  const { bytes } = await harness.fetch(view);
  expect(bytes.toString("latin1")).not.toMatch(/PK\x03\x04|x\(\)/);
});

/** Numbers of objects that no file of this size can have: the rewriter refuses, a reader does not mind. */
function pdfOfHighNumbers(): Buffer {
  const first = 90_001;
  const drawing = "1 0 0 rg 20 20 100 50 re f";
  const objects = [
    `<< /Type /Catalog /Pages ${first + 1} 0 R /OpenAction << /S /JavaScript /JS (app.beep) >> >>`,
    `<< /Type /Pages /Kids [${first + 2} 0 R] /Count 1 >>`,
    `<< /Type /Page /Parent ${first + 1} 0 R /MediaBox [0 0 200 100] /Contents ${first + 3} 0 R /Resources << >> >>`,
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
  ];
  let body = "%PDF-1.4\n";
  let table = "xref\n0 1\n0000000000 65535 f \n";
  for (const [index, object] of objects.entries()) {
    table += `${first + index} 1\n${String(body.length).padStart(10, "0")} 00000 n \n`;
    body += `${first + index} 0 obj\n${object}\nendobj\n`;
  }
  const end = `trailer\n<< /Size 5 /Root ${first} 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return text(`${body}${table}${end}`);
}

test("a PDF that cannot be rebuilt leaves as pictures of its pages", async () => {
  const view = await harness.receive("a.pdf", pdfOfHighNumbers());
  expect([view.verdict, view.reason]).toEqual(["converted", "pages-as-pictures"]);
  const { bytes, name } = await harness.fetch(view);
  expect(name).toBe("a.pdf");
  const leaving = bytes.toString("latin1");
  expect(leaving).toMatch(/\/MediaBox \[0 0 200 100\]/);
  expect(leaving).toMatch(/\/Filter \/DCTDecode/);
  expect(leaving).not.toMatch(/JavaScript|beep/);
});

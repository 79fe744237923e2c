/** Formats that need the programs inside the images: foreign archives, YARA, and EICAR in every wrapping. */
import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import {
  macroDocument,
  officeRelation,
  packageOf,
  paragraph,
  relations,
  wordDocument,
} from "../../../practice/samples/office.ts";
import { encodeCp932 } from "../../../practice/samples/cp932.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";
import { lockAgile } from "../../support/encrypted-office.ts";
import { pages } from "../../support/bombs.ts";
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

const namesIn = (bytes: Buffer): string[] =>
  readZipDirectory(bytes).entries.map((entry) => entry.name);

describe("archives of other programs become zips with right names", () => {
  test.each<readonly [string, () => Buffer, readonly string[]]>([
    ["資料.cab", () => cabOf(Buffer.from("memo.txt"), text("a")), ["memo.txt"]],
    ["資料.lzh", () => lzhOf(encodeCp932("ソ能\\表.txt"), text("a")), ["ソ能/表.txt"]],
    ["資料.7z", () => sevenZip(text("a"), "議事録.txt"), ["議事録.txt"]],
    ["資料.tar.gz", () => gzipSync(tarOf([{ name: "目録.txt", data: text("a") }])), ["目録.txt"]],
  ])("%s", async (name, make, expected) => {
    const view = await harness.receive(name, make());
    expect(view.verdict, harness.logged("sandbox-job").slice(-900)).toBe("converted");
    expect([view.verdict, view.reason]).toEqual(["converted", "members-rebuilt"]);
    const { bytes, name: leaving } = await harness.fetch(view);
    expect(leaving).toMatch(/\.zip$/);
    expect(namesIn(bytes)).toEqual(expected);
  });

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
  const eml = (): Buffer =>
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
    ["e.eml", eml],
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

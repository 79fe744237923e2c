import { gzipSync } from "node:zlib";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { describe, expect, test } from "vitest";
import { parse7zListing } from "../../../images/sandbox/archive/foreign.ts";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { readEntry } from "../../../images/sandbox/zip/read-entry.ts";
import { encodeCp932 } from "../../../practice/samples/cp932.ts";
import { macroDocument } from "../../../practice/samples/office.ts";
import { type PlainMember, plainZip } from "../../../practice/samples/plain-zip.ts";
import { lockAgile } from "../../support/encrypted-office.ts";
import { tarOf } from "../../support/tar.ts";
import { run } from "./run.ts";

const text = (value: string): Buffer => Buffer.from(value);
const program = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(200)]);

function unpack(bytes: Buffer | undefined): Record<string, string> {
  const output = bytes ?? Buffer.alloc(0);
  return Object.fromEntries(
    readZipDirectory(output).entries.map((entry) => [
      entry.name,
      readEntry(output, entry, 1_000_000).toString("latin1"),
    ]),
  );
}

async function locked(password: string, members: readonly PlainMember[]): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { password, encryptionStrength: 3 });
  for (const { name, data } of members) await writer.add(String(name), new Uint8ArrayReader(data));
  return Buffer.from(await writer.close());
}

function nested(depth: number): Buffer {
  let inner = plainZip([{ name: "a.txt", data: text("deep") }]);
  for (let level = 1; level < depth; level += 1) inner = plainZip([{ name: "a.zip", data: inner }]);
  return inner;
}

describe("a zip is rebuilt", () => {
  test("members are sanitized, renamed to the truth, and keep their place and names", async () => {
    const { result, output } = await run(
      "a.zip",
      plainZip([
        { name: encodeCp932("資料/ソ表能.txt"), data: text("ok") },
        { name: encodeCp932("資料/macro.docm"), data: macroDocument() },
        { name: "Thumbs.db", data: text("x") },
      ]),
    );
    expect([result.verdict, result.reason]).toEqual(["sanitized", "members-rebuilt"]);
    expect(Object.keys(unpack(output))).toEqual(["資料/ソ表能.txt", "資料/macro.docx"]);
    expect(result.removed).toContainEqual({ class: "macro", count: 1 });
    expect(result.objects[0]?.place).toContain("資料/macro.docm");
    expect(result.warnings).toContain("name-encoding-cp932");
  });

  test("a program inside is left out, and a note says so", async () => {
    const { result, output } = await run(
      "a.zip",
      plainZip([
        { name: "a.txt", data: text("ok") },
        { name: "b.exe", data: program },
      ]),
    );
    expect([result.verdict, result.reason]).toEqual(["partially_sanitized", "members-blocked"]);
    const files = unpack(output);
    expect(Object.keys(files)).toEqual(["a.txt", "b.exe.blocked.txt"]);
    expect(files["b.exe.blocked.txt"]).toContain("blocked: executable");
    expect(result.members.map((each) => each.verdict)).toEqual(["released_as_is", "blocked"]);
  });

  test.each<readonly [string, Buffer, string, string]>([
    ["only a program", plainZip([{ name: "b.exe", data: program }]), "blocked", "executable"],
    [
      "only what a person must decide about",
      plainZip([{ name: "a.jtd", data: Buffer.alloc(100, 1) }]),
      "needs_approval",
      "no-engine",
    ],
    ["archives six deep", nested(6), "blocked", "nesting-limit"],
    ["nothing", plainZip([{ name: "Thumbs.db", data: text("x") }]), "blocked", "empty-file"],
  ])("with %s it is refused", async (_what, bytes, verdict, reason) => {
    const { result } = await run("a.zip", bytes);
    expect([result.verdict, result.reason]).toEqual([verdict, reason]);
  });

  test("five archives deep is what people do", async () => {
    expect((await run("a.zip", nested(5))).result.verdict).toBe("sanitized");
  });

  test("members from every level count against one budget", async () => {
    const part = plainZip(
      Array.from({ length: 40 }, (_each, index) => ({ name: `${index}.txt`, data: text("x") })),
    );
    const whole = plainZip([0, 1, 2, 3].map((index) => ({ name: `${index}.zip`, data: part })));
    const { result } = await run("a.zip", whole, { members: 60 });
    expect([result.verdict, result.reason]).toEqual(["blocked", "member-limit"]);
  });
});

describe("passwords", () => {
  const members = [{ name: "見積.txt", data: text("secret") }];

  test.each<readonly [string, readonly string[], string, string]>([
    ["none is given", [], "needs_password", "password-required"],
    ["all are wrong", ["a", "b"], "needs_password", "password-wrong"],
    ["one of several is right", ["a", "正しい", "c"], "sanitized", "members-rebuilt"],
  ])("%s", async (_what, passwords, verdict, reason) => {
    const { result, output } = await run(
      "a.zip",
      await locked("正しい", members),
      {},
      ...passwords,
    );
    expect([result.verdict, result.reason]).toEqual([verdict, reason]);
    if (output !== undefined) expect(unpack(output)["見積.txt"]).toBe("secret");
  });

  test.each<readonly [readonly string[], string, string]>([
    [[], "needs_password", "password-required"],
    [["no"], "needs_password", "password-wrong"],
    [["no", "ひみつ"], "sanitized", "macro-removed"],
  ])("a locked Word document with %j is %s", async (passwords, verdict, reason) => {
    const bytes = lockAgile(macroDocument(), "ひみつ");
    const { result } = await run("a.docx", bytes, {}, ...passwords);
    expect([result.contentType, result.verdict, result.reason]).toEqual([
      "office-encrypted",
      verdict,
      reason,
    ]);
  });

  test("a document that asks for millions of rounds is not worked on", async () => {
    const bytes = Buffer.from(
      lockAgile(macroDocument(), "x")
        .toString("latin1")
        .replace('spinCount="1000"', 'spinCount="9999"'),
      "latin1",
    );
    const { result } = await run("a.docx", bytes, {}, "x");
    expect(result.verdict).toBe("needs_password");
  });
});

describe("tar", () => {
  test("a compressed one becomes a zip of its files", async () => {
    const tar = tarOf([
      { name: "目録.txt", data: text("a") },
      { name: `${"長".repeat(60)}.txt`, data: text("b") },
    ]);
    const { result, output } = await run("a.tar.gz", gzipSync(tar));
    expect([result.verdict, result.output?.type]).toEqual(["converted", "zip"]);
    expect(Object.keys(unpack(output))).toEqual(["目録.txt", `${"長".repeat(60)}.txt`]);
  });

  test("one with a link in it is blocked", async () => {
    const { result } = await run("a.tar", tarOf([{ name: "a", data: text(""), type: "2" }]));
    expect([result.verdict, result.reason]).toEqual(["blocked", "archive-unsafe-names"]);
  });

  test("a compressed single file becomes a zip with it", async () => {
    const { result, output } = await run("a.csv.gz", gzipSync(text("a,=1+1\n")));
    expect(result.verdict).toBe("converted");
    expect(unpack(output)).toEqual({ "a.csv": "a,'=1+1\n" });
  });

  test("a stream that swells is stopped before it has swollen", async () => {
    const { result } = await run("a.gz", gzipSync(Buffer.alloc(50 * 1024 ** 2)));
    expect([result.verdict, result.reason]).toEqual(["blocked", "ratio-limit"]);
  });
});

test("what 7zip lists is read as names, sizes and locks", () => {
  const listing = `Path = in\nType = 7z\n\n----------\nPath = 資料/a.txt\nSize = 12\nModified = 2026-01-02 03:04:05.1\nAttributes = A\nEncrypted = +\n\nPath = 資料\nSize = 0\nAttributes = D\nEncrypted = -\n`;
  expect(parse7zListing(listing)).toEqual([
    {
      name: "資料/a.txt",
      sizeBytes: 12,
      encrypted: true,
      directory: false,
      modified: "2026-01-02 03:04:05.1",
    },
    { name: "資料", sizeBytes: 0, encrypted: false, directory: true, modified: "" },
  ]);
});

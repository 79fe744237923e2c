/** doc, xls and ppt behind a password: opened with the right one, told apart from a wrong one, never a crash. */
import { describe, expect, test } from "vitest";
import { openCfb } from "../../../images/sandbox/cfb/read.ts";
import { olderFacts } from "../../../images/sandbox/office/older.ts";
import { rc4 } from "../../../images/sandbox/office/rc4.ts";
import { unlockOlder } from "../../../images/sandbox/office/unlock-older.ts";
import { compoundFile } from "../../support/compound-file.ts";
import {
  lockedExcel,
  lockedSlides,
  lockedWord,
  type OlderCipher,
} from "../../support/locked-older.ts";
import { run } from "./run.ts";

const password = "離れ-2003";
const text = Buffer.from("起案書 ".repeat(230), "utf8");

// RFC 6229, key of 40 bits: the first sixteen bytes of the stream.
test("RC4 is RC4", () => {
  const stream = rc4(Buffer.from("0102030405", "hex"), Buffer.alloc(16));
  expect(stream.toString("hex")).toBe("b2396305f03dc027ccc3524a0a1118a8");
});

const files = (cipher: OlderCipher): readonly (readonly ["doc" | "xls", Buffer])[] => [
  ["doc", lockedWord(cipher, password, text)],
  [
    "xls",
    lockedExcel(cipher, password, [
      [0x0085, Buffer.concat([Buffer.from([9, 0, 0, 0]), text.subarray(0, 90)])],
      [0x00fc, text],
      [0x000a, Buffer.alloc(0)],
    ]),
  ],
];

describe.each(["binary", "cryptoApi"] as const)("RC4 (%s)", (cipher) => {
  test.each(files(cipher))("%s", (type, bytes) => {
    expect(olderFacts(type, bytes).locked).toBe(true);
    expect(unlockOlder(type, bytes, ["x", "離れ"])).toBeUndefined();
    const plain = unlockOlder(type, bytes, ["x", password]);
    expect(plain).toHaveLength(bytes.length);
    if (plain === undefined) return;
    expect(olderFacts(type, plain).locked).toBe(false);
    const file = openCfb(plain);
    for (const name of file.streams) expect(file.read(name)?.includes(text)).toBe(true);
  });
});

test("a presentation with its pictures", () => {
  const picture = Buffer.from("PNG or nearly");
  const bytes = lockedSlides(password, text, picture);
  expect(olderFacts("ppt", bytes).locked).toBe(true);
  expect(unlockOlder("ppt", bytes, ["x"])).toBeUndefined();
  const plain = unlockOlder("ppt", bytes, [password]) ?? Buffer.alloc(0);
  expect(olderFacts("ppt", plain).locked).toBe(false);
  const file = openCfb(plain);
  expect(file.read("PowerPoint Document")?.includes(text)).toBe(true);
  expect(file.read("Pictures")?.subarray(-picture.length)).toEqual(picture);
});

test("asked for, told to be wrong, and held where the way of locking is not ours", async () => {
  const bytes = lockedWord("binary", password, text);
  const said = async (file: Buffer, ...passwords: readonly string[]) => {
    const { result } = await run("a.doc", file, {}, ...passwords);
    return [result.verdict, result.reason];
  };
  expect(await said(bytes)).toEqual(["needs_password", "password-required"]);
  expect(await said(bytes, "a", "b")).toEqual(["needs_password", "password-wrong"]);
  // Opened, and then there is no office box in this test.
  expect(await said(bytes, password)).toEqual(["needs_approval", "no-engine"]);
  const xor = Buffer.alloc(100);
  xor.writeUInt16LE(193, 2);
  xor.writeUInt16LE(0x8100, 10);
  const locked = compoundFile({ WordDocument: xor, "0Table": Buffer.alloc(8) });
  expect(await said(locked, password)).toEqual(["needs_approval", "password-unsupported"]);
});

test("whatever bytes are changed, the answer is a file, a wrong password or a refusal", () => {
  const sources = [...files("binary"), ["ppt", lockedSlides(password, text, text)]] as const;
  for (const [type, source] of sources)
    for (let at = 0; at < source.length; at += 37) {
      const bytes = Buffer.from(source);
      bytes[at] = 255 - (bytes[at] ?? 0);
      try {
        unlockOlder(type, bytes, [password]);
      } catch (error) {
        expect(error).toMatchObject({ name: "Refusal" });
      }
    }
});

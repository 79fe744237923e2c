/** LZH headers of the three levels in use, with names whose second bytes look like separators. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type LzhMember,
  numberedLzh,
  readLzhHeaders,
} from "../../../images/sandbox/archive/lzh.ts";
import { Refusal } from "../../../images/sandbox/context.ts";
import { defaultSandboxLimits } from "../../../images/wire/sandbox-limits.ts";
import { encodeCp932 } from "../../../practice/samples/cp932.ts";
import { lzhOf } from "../../support/old-archives.ts";

const read = (bytes: Buffer): LzhMember[] =>
  readLzhHeaders({ bytes, limits: defaultSandboxLimits });
const facts = (bytes: Buffer) =>
  read(bytes).map(({ name, method, data }) => [name, method, data.toString()]);

const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

/** An extension, and the size of the one behind it. */
const extended = (type: number, data: Buffer, next: number): Buffer =>
  Buffer.concat([Buffer.from([type]), data, u16(next)]);

function levelTwo(data: Buffer, ...extensions: readonly (readonly [number, Buffer])[]): Buffer {
  const sizes = extensions.map(([, each]) => each.length + 3);
  const tail = extensions.map(([type, each], index) => extended(type, each, sizes[index + 1] ?? 0));
  const head = Buffer.alloc(26);
  head.write("-lh0-", 2, "latin1");
  head.writeUInt32LE(data.length, 7);
  head.writeUInt32LE(data.length, 11);
  head.writeUInt8(2, 20);
  head.writeUInt16LE(sizes[0] ?? 0, 24);
  const header = Buffer.concat([head, ...tail]);
  header.writeUInt16LE(header.length, 0);
  return Buffer.concat([header, data, Buffer.from([0])]);
}

function levelOne(name: Buffer, folder: Buffer, data: Buffer): Buffer {
  const extension = extended(2, folder, 0);
  const header = Buffer.alloc(22 + name.length + 5);
  header.writeUInt8(header.length - 2, 0);
  header.write("-lh0-", 2, "latin1");
  header.writeUInt32LE(data.length + extension.length, 7);
  header.writeUInt32LE(data.length, 11);
  header.writeUInt8(1, 20);
  header.writeUInt8(name.length, 21);
  name.copy(header, 22);
  header.writeUInt16LE(extension.length, header.length - 2);
  header[1] = header.subarray(2).reduce((total, byte) => (total + byte) & 0xff, 0);
  return Buffer.concat([header, extension, data, Buffer.from([0])]);
}

const folder = Buffer.concat([
  encodeCp932("表"),
  Buffer.from([0xff]),
  encodeCp932("予算"),
  Buffer.from([0xff]),
]);
const text = Buffer.from("a");

describe("names", () => {
  test.each<readonly [string, Buffer, string]>([
    ["level 0, a backslash inside a character", lzhOf(encodeCp932("ソ能.txt"), text), "ソ能.txt"],
    ["level 0 with folders", lzhOf(encodeCp932("表\\一.txt"), text), "表/一.txt"],
    ["level 1 with a folder", levelOne(encodeCp932("能.txt"), folder, text), "表/予算/能.txt"],
    ["level 2", levelTwo(text, [1, encodeCp932("ソ.txt")], [2, folder]), "表/予算/ソ.txt"],
    [
      "level 2 in UTF-16",
      levelTwo(text, [1, Buffer.from("?")], [0x44, Buffer.from("髙﨑.txt", "utf16le")]),
      "髙﨑.txt",
    ],
  ])("%s", (_what, bytes, name) => {
    expect(facts(bytes)).toEqual([[name, "-lh0-", "a"]]);
  });
});

test("renumbered, an archive says the same of its contents", () => {
  const bytes = Buffer.concat([
    lzhOf(encodeCp932("ソ.txt"), text).subarray(0, -1),
    lzhOf(encodeCp932("表.txt"), Buffer.from("bc")),
  ]);
  expect(facts(numberedLzh(read(bytes)))).toEqual([
    ["0", "-lh0-", "a"],
    ["1", "-lh0-", "bc"],
  ]);
});

describe("what is refused", () => {
  const whole = lzhOf(Buffer.from("a.txt"), text);
  test.each<readonly [string, Buffer]>([
    ["a header that is cut off", whole.subarray(0, 12)],
    ["data that is cut off", whole.subarray(0, -2)],
    [
      "a checksum that is wrong",
      Buffer.concat([Buffer.from([whole[0] ?? 0, 0]), whole.subarray(2)]),
    ],
    [
      "a method that nothing unpacks",
      Buffer.from(whole.toString("latin1").replace("-lh0-", "-lh9-"), "latin1"),
    ],
    [
      "an extension that is shorter than itself",
      levelTwo(text, [1, Buffer.from("a")]).fill(1, 24, 25),
    ],
  ])("%s", (_what, bytes) => {
    expect(() => read(bytes)).toThrow(Refusal);
  });

  test("whatever the bytes, there is an answer or a refusal", () => {
    const mutate = (bytes: Buffer, at: number, value: number): Buffer => {
      const changed = Buffer.from(bytes);
      changed[at % changed.length] = value;
      return changed;
    };
    const sources = [
      whole,
      levelOne(Buffer.from("a"), folder, text),
      levelTwo(text, [1, text], [2, folder]),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(), fc.nat(255), (bytes, at, value) => {
        try {
          for (const { name } of read(mutate(bytes, at, value))) expect(typeof name).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
    );
  });
});

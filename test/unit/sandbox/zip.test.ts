import { Uint8ArrayReader, ZipReader } from "@zip.js/zip.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../../images/sandbox/context.ts";
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { decodeMemberName, isUnsafeMemberName } from "../../../images/sandbox/zip/member-name.ts";
import { readEntry } from "../../../images/sandbox/zip/read-entry.ts";
import { writeZip } from "../../../images/sandbox/zip/write.ts";
import { encodeCp932 } from "../../../practice/samples/cp932.ts";
import { plainZip, zeroBomb } from "../../../practice/samples/plain-zip.ts";
import { run } from "./run.ts";

const text = (value: string): Buffer => Buffer.from(value);

test("what our writer writes, both readers read, and it depends on nothing but the members", async () => {
  const member = fc.record({
    name: fc.stringMatching(/^[a-zあ-ん]{1,20}$/),
    data: fc.uint8Array({ maxLength: 3000 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(member, { selector: (each) => each.name, maxLength: 6 }),
      async (members) => {
        const list = members.map(({ name, data }) => ({ name, data: Buffer.from(data) }));
        const bytes = writeZip(list);
        expect(bytes.equals(writeZip(list))).toBe(true);
        const { entries } = readZipDirectory(bytes);
        expect(entries.map((entry) => [entry.name, readEntry(bytes, entry, 5000)])).toEqual(
          list.map((each) => [each.name, each.data]),
        );
        const strict = await new ZipReader(new Uint8ArrayReader(bytes), {
          strictness: "strict",
        }).getEntries();
        expect(strict.map((entry) => entry.filename)).toEqual(list.map((each) => each.name));
      },
    ),
    { numRuns: 50 },
  );
});

test.each(["ソ", "表", "能", "―", "～", "①", "髙", "﨑", "見積書", "ｶﾅ"])(
  "a CP932 name with %s is read right",
  (name) => {
    const raw = encodeCp932(`${name}/${name}.txt`);
    expect(decodeMemberName(raw, false)).toEqual({
      name: `${name}/${name}.txt`,
      encoding: "cp932",
    });
  },
);

test.each([
  ["../x", true],
  ["a/../../x", true],
  ["/etc/passwd", true],
  ["C:\\x", true],
  ["..\\x", true],
  ["a\0b", true],
  ["", true],
  ["資料/表紙.txt", false],
  ["a..b/c", false],
])("%j is unsafe: %s", (name, unsafe) => {
  expect(isUnsafeMemberName(name)).toBe(unsafe);
});

const good = (): Buffer =>
  plainZip([
    { name: "a.txt", data: text("aaaa") },
    { name: "b.txt", data: text("bbbb") },
  ]);

describe("an archive that two readers could read differently is refused", () => {
  const broken: readonly (readonly [string, () => Buffer])[] = [
    ["data before it", () => Buffer.concat([text("MZ stub"), good()])],
    ["data behind it", () => Buffer.concat([good(), text("tail")])],
    ["cut off", () => good().subarray(0, 60)],
    [
      "a name that differs between header and directory",
      () => {
        const bytes = good();
        bytes.write("z", 30, "latin1");
        return bytes;
      },
    ],
    [
      "members that overlap",
      () => {
        const bytes = good();
        const second = bytes.lastIndexOf("PK\x01\x02");
        bytes.writeUInt32LE(0, second + 42);
        bytes.write("a.txt", second + 46, "latin1");
        return bytes;
      },
    ],
    [
      "a count that is wrong",
      () => {
        const bytes = good();
        bytes.writeUInt16LE(1, bytes.length - 12);
        return bytes;
      },
    ],
    [
      "several disks",
      () => {
        const bytes = good();
        bytes.writeUInt16LE(1, bytes.length - 18);
        return bytes;
      },
    ],
  ];

  test.each(broken)("%s", (_what, make) => {
    expect(() => readZipDirectory(make())).toThrow(Refusal);
  });

  test("a member that is longer than it says", () => {
    const bytes = good();
    const central = bytes.indexOf("PK\x01\x02");
    bytes.writeUInt32LE(2, central + 24);
    const [first] = readZipDirectory(bytes).entries;
    if (first === undefined) throw new Error("no member");
    expect(() => readEntry(bytes, first, 100)).toThrow("archive-malformed");
  });

  test("whatever bytes are changed, the answer is a directory or a refusal", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        (changes) => {
          const bytes = good();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          try {
            readZipDirectory(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("archives that are blocked", () => {
  test.each([
    ["a bomb by its sum", zeroBomb(140, 8 * 1024 * 1024), "blocked", "ratio-limit"],
    ["a bomb by its ratio", zeroBomb(3, 8 * 1024 * 1024), "blocked", "ratio-limit"],
    ["too many members", zeroBomb(5001, 1), "blocked", "member-limit"],
    [
      "a climbing name",
      plainZip([{ name: "../x", data: text("x") }]),
      "blocked",
      "archive-unsafe-names",
    ],
    [
      "one name twice",
      plainZip([
        { name: "A.txt", data: text("1") },
        { name: "a.txt", data: text("2") },
      ]),
      "blocked",
      "archive-unsafe-names",
    ],
    ["a damaged one", good().subarray(0, 80), "blocked", "archive-malformed"],
  ])("%s", async (_what, bytes, verdict, reason) => {
    const { result, output } = await run("a.zip", bytes);
    expect([result.verdict, result.reason, output]).toEqual([verdict, reason, undefined]);
  });
});

import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processToken } from "../../../orchestrator/base/process-token.ts";
import {
  Quarantine,
  type StoredFile,
} from "../../../orchestrator/downloads/quarantine/quarantine.ts";

const never = new AbortController().signal;
const big = 10 * 1024 * 1024;
const chunk = 64 * 1024;

let dir: string;
let quarantine: Quarantine;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hanare-unit-quarantine-"));
  quarantine = await Quarantine.open(dir);
});
afterEach(async () => {
  await quarantine[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const keep = (bytes: Buffer): Promise<StoredFile> =>
  quarantine.store(Readable.from([bytes]), big, never);
const readBack = async (file: StoredFile): Promise<Buffer> =>
  Buffer.concat(await quarantine.read(file).toArray());
const filled = (size: number): Buffer => Buffer.alloc(size, "hanare");

describe("what goes in comes out", () => {
  test.each([0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 7])(
    "%i bytes",
    async (size) => {
      const file = await keep(filled(size));
      expect(file.sizeBytes).toBe(size);
      expect((await readBack(file)).equals(filled(size))).toBe(true);
    },
  );

  test("however the stream is cut into pieces", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 50_000 }), { maxLength: 8 }),
        async (pieces) => {
          const file = await quarantine.store(
            Readable.from(pieces.map((piece) => Buffer.from(piece))),
            big,
            never,
          );
          expect((await readBack(file)).equals(Buffer.concat(pieces))).toBe(true);
          await quarantine.drop(file);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("nothing readable lies on disk, and only the owner may open it", async () => {
    const file = await keep(filled(5000));
    expect((await readFile(quarantine.pathOf(file))).includes("hanarehanare")).toBe(false);
    expect((await stat(quarantine.pathOf(file))).mode & 0o777).toBe(0o600);
  });
});

describe("a file that was touched does not open", () => {
  const tampering: readonly (readonly [string, (path: string, bytes: Buffer) => Promise<void>])[] =
    [
      [
        "one bit flipped",
        async (path, bytes) => {
          bytes[100] = (bytes[100] ?? 0) ^ 1;
          await writeFile(path, bytes);
        },
      ],
      ["cut in the middle of a chunk", async (path, bytes) => truncate(path, bytes.length - 10)],
      ["cut after a whole chunk", async (path) => truncate(path, 4 + chunk + 16)],
      ["emptied", async (path) => truncate(path, 0)],
      [
        "longer than it was",
        async (path, bytes) => writeFile(path, Buffer.concat([bytes, Buffer.from("more")])),
      ],
      [
        "first chunk marked as the last",
        async (path, bytes) => {
          bytes[0] = (bytes[0] ?? 0) | 0x80;
          await writeFile(path, bytes.subarray(0, 4 + chunk + 16));
        },
      ],
      [
        "two chunks swapped",
        async (path, bytes) => {
          const one = 4 + chunk + 16;
          await writeFile(
            path,
            Buffer.concat([
              bytes.subarray(one, 2 * one),
              bytes.subarray(0, one),
              bytes.subarray(2 * one),
            ]),
          );
        },
      ],
    ];

  test.each(tampering)("%s", async (_what, tamper) => {
    const file = await keep(filled(2 * chunk + 500));
    const path = quarantine.pathOf(file);
    await tamper(path, await readFile(path));
    await expect(readBack(file)).rejects.toMatchObject({ code: "INTERNAL" });
  });

  test("another file's ciphertext in its place", async () => {
    const [one, two] = [await keep(filled(10)), await keep(filled(10))];
    await writeFile(quarantine.pathOf(one), await readFile(quarantine.pathOf(two)));
    await expect(readBack(one)).rejects.toMatchObject({ code: "INTERNAL" });
  });
});

describe("nothing remains", () => {
  const left = async (): Promise<string[]> => readdir(join(dir, processToken()));

  test("of a file beyond the limit", async () => {
    await expect(
      quarantine.store(Readable.from([filled(2000)]), 1000, never),
    ).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
    expect([await left(), quarantine.count]).toEqual([[], 0]);
  });

  test("of a stream that breaks", async () => {
    const broken = Readable.from(
      (function* () {
        yield filled(chunk * 2);
        throw new Error("peer went away");
      })(),
    );
    await expect(quarantine.store(broken, big, never)).rejects.toThrow("peer went away");
    expect([await left(), quarantine.count]).toEqual([[], 0]);
  });

  test("of one that is cancelled", async () => {
    const cancel = new AbortController();
    const endless = new Readable({
      read() {
        this.push(filled(1000));
      },
    });
    const storing = quarantine.store(endless, Number.MAX_SAFE_INTEGER, cancel.signal, (total) => {
      if (total > chunk * 3) cancel.abort(new Error("enough"));
    });
    await expect(storing).rejects.toThrow("enough");
    expect([await left(), quarantine.count]).toEqual([[], 0]);
  });

  test("after drop: neither key nor file, and dropping again is no error", async () => {
    const file = await keep(filled(10));
    await quarantine.drop(file);
    await quarantine.drop(file);
    expect([await left(), quarantine.count]).toEqual([[], 0]);
    expect(() => quarantine.read(file)).toThrow("no key");
  });

  test("to be read of a file that is over, for whoever copied its sealed bytes before", async () => {
    const file = await keep(filled(10));
    const path = quarantine.pathOf(file);
    const copied = await readFile(path);
    await quarantine.drop(file);
    await writeFile(path, copied);
    expect(() => quarantine.read(file)).toThrow("no key");
    await quarantine[Symbol.asyncDispose]();
    quarantine = await Quarantine.open(dir);
    expect(() => quarantine.read(file)).toThrow("no key");
    expect(await left()).toEqual([]);
  });

  test("of processes that are gone; what a living one has stays", async () => {
    await mkdir(join(dir, "1x1"));
    await writeFile(join(dir, "1x1", "old"), "x");
    const file = await keep(filled(10));
    await using second = await Quarantine.open(dir);
    expect(await readdir(dir)).toEqual([processToken()]);
    expect((await readBack(file)).length).toBe(10);
    expect(second.count).toBe(0);
  });
});

test("what was announced takes its room before it comes, so that many at once do not all get the same", () => {
  const before = quarantine.freeBytes();
  // More than the disk's other users take or give meanwhile.
  const huge = 2 ** 50;
  const [first, second] = [quarantine.announce(huge), quarantine.announce(huge)];
  expect(quarantine.freeBytes()).toBeLessThan(before - 3 * huge);
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  expect(quarantine.freeBytes()).toBeGreaterThan(before - huge);
});

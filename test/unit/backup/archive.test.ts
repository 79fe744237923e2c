/** The bytes of a backup file: what comes back, and everything that must not. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { appendFile, open, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Entry, Manifest } from "../../../orchestrator/backup/manifest.ts";
import { readArchive } from "../../../orchestrator/backup/read-archive.ts";
import { writeArchive } from "../../../orchestrator/backup/write-archive.ts";

const never = new AbortController().signal;
const passphrase = "離れの合言葉は長いほどよい";
const big = Buffer.alloc(300_000, "列");

let root: string;
let source: string;
let out: string;
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "hanare-archive-"));
  source = join(root, "source");
  for (const [path, content] of [
    ["hanare.db", big],
    ["policy/policy.yaml", Buffer.from("version: 1\n")],
    ["keys/empty", Buffer.alloc(0)],
  ] as const) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), content);
  }
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  out = join(root, `out-${(count += 1)}`);
  mkdirSync(out);
});

const file = (path: string, content: Buffer | string, mode = 0o600): Entry => ({
  ...{ kind: "file", path, mode, bytes: Buffer.byteLength(content) },
  sha256: createHash("sha256").update(content).digest("hex"),
});
const entries: readonly Entry[] = [
  file("hanare.db", big),
  { kind: "directory", path: "keys", mode: 0o700 },
  file("keys/empty", ""),
  { kind: "directory", path: "policy", mode: 0o755 },
  file("policy/policy.yaml", "version: 1\n", 0o644),
];
const manifestOf = (more: Partial<Manifest> = {}): Manifest => ({
  ...{ program: "0.1.0", installation: "iabcdefgh", madeAt: "2026-04-01T00:00:00.000Z" },
  ...{ schema: { audit: 3 }, auditUpTo: 7, entries: [...entries] },
  ...more,
});

async function write(secret?: string, manifest = manifestOf()): Promise<string> {
  const path = join(root, `archive-${(count += 1)}`);
  await using handle = await open(path, "wx", 0o600);
  await writeArchive(handle, { folder: source, manifest, passphrase: secret }, never);
  return path;
}
const read = (path: string, secret?: string) =>
  readArchive(path, out, { passphrase: () => Promise.resolve(secret) }, never);
const codeOf = (act: Promise<unknown>) =>
  act.then(
    () => "taken",
    (error: unknown) => (error as { code?: string }).code,
  );

describe.each([
  ["in the clear", undefined],
  ["encrypted", passphrase],
])("%s", (_, secret) => {
  let good: string;
  let bytes: Buffer;
  beforeAll(async () => {
    good = await write(secret);
    bytes = readFileSync(good);
  });
  const altered = async (change: (copy: Buffer) => Buffer): Promise<string> => {
    const path = join(root, `altered-${(count += 1)}`);
    await writeFile(path, change(Buffer.from(bytes)));
    return path;
  };

  test("comes back byte for byte, with its modes", async () => {
    expect(await read(good, secret)).toEqual(manifestOf());
    expect(readFileSync(join(out, "hanare.db")).equals(big)).toBe(true);
    expect(readFileSync(join(out, "policy/policy.yaml"), "utf8")).toBe("version: 1\n");
    expect(readdirSync(join(out, "keys"))).toEqual(["empty"]);
  });

  test("cut off anywhere, it is damaged", async () => {
    const ending = bytes.subarray(-8);
    for (const part of [0, 0.3, 0.9, 0.999]) {
      // Cut out of the middle as well: the end alone says little.
      const path = await altered((copy) => copy.subarray(0, Math.floor(copy.length * part)));
      if (part === 0.9) await appendFile(path, ending);
      rmSync(out, { recursive: true });
      mkdirSync(out);
      expect([part, await codeOf(read(path, secret))]).toEqual([part, "BACKUP_DAMAGED"]);
    }
  });

  test("with a byte altered anywhere behind its head, it is damaged", async () => {
    for (const part of [0.3, 0.9]) {
      const path = await altered((copy) => {
        const at = Math.max(64, Math.floor(copy.length * part));
        copy.writeUInt8((copy[at] ?? 0) ^ 1, at);
        return copy;
      });
      rmSync(out, { recursive: true });
      mkdirSync(out);
      expect([part, await codeOf(read(path, secret))]).toEqual([part, "BACKUP_DAMAGED"]);
    }
  });

  test("with bytes behind its end, it is damaged", async () => {
    const path = await altered((copy) => Buffer.concat([copy, Buffer.from("more")]));
    expect(await codeOf(read(path, secret))).toBe("BACKUP_DAMAGED");
  });

  test("of a later format, it is newer", async () => {
    const path = await altered((copy) => {
      copy[8] = 2;
      return copy;
    });
    expect(await codeOf(read(path, secret))).toBe("BACKUP_NEWER");
  });
});

test("a wrong passphrase and none are told from damage, and nothing of the content is legible", async () => {
  const path = await write(passphrase);
  expect(await codeOf(read(path, "合言葉がちがう合言葉"))).toBe("BACKUP_PASSPHRASE");
  expect(await codeOf(read(path))).toBe("BACKUP_PASSPHRASE");
  expect((await readFile(path)).includes("policy.yaml")).toBe(false);
  expect(readdirSync(out)).toEqual([]);
});

test("another program's file is no backup", async () => {
  const path = join(root, "other");
  await writeFile(path, "PK\u0003\u0004 something else entirely HANAREND");
  expect(await codeOf(read(path))).toBe("BACKUP_DAMAGED");
});

const outside: Record<string, readonly Entry[]> = {
  "a path that climbs out": [file("policy/../../policy.yaml", "version: 1\n")],
  "an absolute path": [file("/etc/policy.yaml", "version: 1\n")],
  "a name that no backup has": [file("web/index.html", "")],
  "a file below nothing": [file("keys/empty", "")],
  "one path twice": [file("hanare.db", big), file("hanare.db", big)],
  "a link out of its directory": [
    { kind: "directory", path: "signatures", mode: 0o755 },
    { kind: "link", path: "signatures/current", target: "../../etc" },
  ],
  "a file below a link": [
    { kind: "directory", path: "signatures", mode: 0o755 },
    { kind: "link", path: "signatures/current", target: "set" },
    file("signatures/current/x", ""),
  ],
  "a mode that gives rights of its owner to others": [file("hanare.db", big, 0o4755)],
};
test.each(Object.entries(outside))("%s is refused before anything is written", async (_, list) => {
  // Files that the writer must find, whatever the archive will call them.
  const named = list.map((each) => (each.kind === "file" ? { ...each } : each));
  const path = join(root, `hostile-${(count += 1)}`);
  const readable = { ...manifestOf({ entries: [] }) };
  await using handle = await open(path, "wx", 0o600);
  await writeArchive(
    handle,
    // An archive of somebody who does not obey the schema: the manifest is all that is read.
    {
      folder: source,
      manifest: { ...readable, toJSON: () => ({ ...readable, entries: named }) } as Manifest,
      passphrase: undefined,
    },
    never,
  );
  expect(await codeOf(read(path))).toBe("BACKUP_DAMAGED");
  expect(readdirSync(out)).toEqual([]);
});

test("a file that changed after it was described makes no backup", async () => {
  const wrong = manifestOf({ entries: [file("hanare.db", "something else")] });
  await expect(write(undefined, wrong)).rejects.toThrow(/changed meanwhile/);
});

/** Snapshots of big lists: built, opened, asked, damaged. Real files throughout. */
import { randomBytes } from "node:crypto";
import {
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BuiltIndex, buildIndex } from "../../../policies/index/build.ts";
import { openIndex, snapshotFile } from "../../../policies/index/open.ts";
import { HostProbe } from "../../../policies/index/probe.ts";
import { IndexStore } from "../../../policies/index/store.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { decide, preparePolicy } from "../../../policies/match.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

const key = new Uint8Array(16).map((_, index) => index * 37 + 11);

async function build(text: string | Buffer): Promise<BuiltIndex> {
  const source = join(folder, "list.txt");
  await writeFile(source, text);
  return buildIndex({
    source,
    name: "list.txt",
    folder,
    key,
    tz: "Asia/Tokyo",
    formats: ["domains"],
  });
}

async function lines(text: string, ...hosts: string[]): Promise<(string | undefined)[]> {
  const { sha256 } = await build(text);
  const index = await openIndex(folder, sha256);
  return hosts.map((host) => {
    const probe = new HostProbe(host);
    for (let at = 0; at < probe.count; at++) {
      const hit = index.find(probe, at, 0);
      if (hit) return `${probe.candidate(at)}:${hit.line}`;
    }
    return undefined;
  });
}

describe("a snapshot", () => {
  it("knows exact names, suffixes and wildcards, each at its line", async () => {
    const text =
      "# 説明\r\nwww.a.example\r\n\r\n.b.example  # なぜ\n*.c.example\n日本語.jp\n192.0.2.1\nlast.example";
    expect(
      await lines(
        text,
        "www.a.example",
        "a.example",
        "x.www.a.example",
        "b.example",
        "x.y.b.example",
        "c.example",
        "x.c.example",
        "xn--wgv71a119e.jp",
        "192.0.2.1",
        "9.192.0.2.1",
        "last.example",
      ),
    ).toEqual([
      "www.a.example:2",
      undefined,
      undefined,
      ".b.example:4",
      ".b.example:4",
      undefined,
      "*.c.example:5",
      "xn--wgv71a119e.jp:6",
      "192.0.2.1:7",
      undefined,
      "last.example:8",
    ]);
  });
  it("finds the first of equal lines, and entries of every length", async () => {
    const long = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(57)}.jp`;
    expect(await lines(`a.example\n${long}\na.example\n`, "a.example", long)).toEqual([
      "a.example:1",
      `${long}:2`,
    ]);
  });
  it("remembers when entries end, and keeps exceptions, ranges and paths beside", async () => {
    const built = await build(
      "a.example # @expires=2026-03-31\n!b.example\n10.0.0.0/8\nc.example/x\n",
    );
    expect(built.entries).toBe(1);
    expect(built.extras.map(({ entry, line }) => [entry, line])).toEqual([
      ["!b.example", 2],
      ["10.0.0.0/8", 3],
      ["c.example/x", 4],
    ]);
    const index = await openIndex(folder, built.sha256);
    expect(index.find(new HostProbe("a.example"), 0, 0)?.expiresAt).toBe(
      Date.parse("2026-04-01T00:00:00+09:00"),
    );
  });
  it("answers two hosts in turn as it answers each alone", async () => {
    const long = `${"a".repeat(60)}.b.example`;
    const { sha256 } = await build(`x.one.example\n.two.example\n${long}\n`);
    const index = await openIndex(folder, sha256);
    const hosts = ["x.one.example", "a.b.two.example", long, "none.example"];
    const probes = hosts.map((host) => new HostProbe(host));
    const found: string[] = [];
    for (let turn = 0; turn < 2; turn++)
      for (let at = 0; at < 8; at++)
        for (const probe of probes)
          if (at < probe.count && index.find(probe, at, 0)) found.push(probe.candidate(at));
    const expected = ["x.one.example", long, ".two.example"];
    expect(found).toEqual([...expected, ...expected]);
  });
  it("is made of an empty list too", async () => {
    expect(await lines("", "a.example")).toEqual([undefined]);
  });
  it("says every mistake at its line, and nothing is left behind", async () => {
    const built = await build(
      Buffer.concat([
        Buffer.from("ok.example\nWWW.Example.jp\n*\n"),
        Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a]),
        Buffer.from("a\u0000b.example\nb.example # @expire=2026-01-01\n"),
      ]),
    );
    expect(built.problems.map(({ line, en }) => `${line} ${en.slice(0, 40)}`)).toEqual([
      '2 "WWW.Example.jp" is not in canonical for',
      '3 "*" means every site and cannot stand in',
      "4 This is not UTF-8 (perhaps Shift_JIS); s",
      '5 "a\ufffdb.example" contains a character that ',
      '6 There is no "@expire="; write "@expires=',
    ]);
    expect(await readdir(folder)).toEqual(["list.txt"]);
  });
  it("gives up early on what is plainly no list", async () => {
    expect((await build("http://x/\n".repeat(1000))).problems).toHaveLength(50);
    expect((await build("a".repeat(9_000_000))).problems).toHaveLength(1);
    const { problems } = await build(`ok.example\n${"a".repeat(9_000_000)}`);
    expect(problems.map(({ line }) => line)).toEqual([2]);
  });
});

describe("a damaged snapshot is refused", () => {
  async function snapshot(): Promise<{ sha256: string; path: string }> {
    const { sha256 } = await build(
      Array.from({ length: 5000 }, (_, index) => `n${index}.example`).join("\n"),
    );
    return { sha256, path: snapshotFile(folder, sha256) };
  }
  it("when it is half written", async () => {
    const { sha256, path } = await snapshot();
    await truncate(path, Math.floor((await stat(path)).size / 2));
    await expect(openIndex(folder, sha256)).rejects.toThrow("cut short");
  });
  it("when any byte of it differs", async () => {
    const { sha256, path } = await snapshot();
    const good = await readFile(path);
    for (let at = 0; at < good.length; at += 7919) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      await writeFile(path, bad);
      await expect(openIndex(folder, sha256)).rejects.toThrow(/damaged|cut short/);
    }
  });
  it("when it is another one under its name, or not there", async () => {
    const { sha256, path } = await snapshot();
    const other = await build("other.example\n");
    await copyFile(snapshotFile(folder, other.sha256), path);
    await expect(openIndex(folder, sha256)).rejects.toThrow("damaged");
    await rm(path);
    await expect(openIndex(folder, sha256)).rejects.toThrow("ENOENT");
  });
  it("and one that rots while it is in use says so instead of opening what it should stop", async () => {
    const { sha256, path } = await snapshot();
    const index = await openIndex(folder, sha256);
    const bytes = await readFile(path);
    bytes.fill(97, 0, 5000);
    await writeFile(path, bytes);
    expect(() => index.find(new HostProbe("n1.example"), 0, 0)).toThrow("damaged");
  });
});

describe("a policy with a big list", () => {
  const policy = `version: 1
name: p
defaults: { isolated: allow }
lists:
  big: { file: big.txt, edits: edits.txt, effect: deny }
rules:
  - { id: R1, plane: [isolated], to: { lists: [big] }, action: block }
`;
  const ask = {
    plane: "isolated",
    user: "u",
    groups: [],
    port: 443,
    via: "connect",
    at: Date.now(),
  } as const;
  const size = 30_000;

  async function files(edits: string): Promise<string> {
    const names = Array.from({ length: size }, (_, index) => `.name${index}.example`);
    await writeFile(join(folder, "policy.yaml"), policy);
    await writeFile(join(folder, "big.txt"), names.join("\n"));
    await writeFile(join(folder, "edits.txt"), edits);
    return join(folder, "policy.yaml");
  }

  it("keeps it out of the policy and decides by it, edits first", async () => {
    const loaded = await loadPolicy(await files("!ok.name7.example\nextra.example # 追加\n"));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    expect(JSON.stringify(loaded.policy).length).toBeLessThan(2000);
    expect(loaded.policy.lists[0]?.index?.entries).toBe(size);
    const prepared = preparePolicy(loaded.policy, loaded.indexes);
    const of = (host: string) => {
      const { verdict, list, line, hit } = decide(prepared, { ...ask, host });
      return [verdict, list, line, hit?.file];
    };
    expect(of("www.name29999.example")).toEqual(["block", "big", 30_000, "big.txt"]);
    expect(of("name7.example")).toEqual(["block", "big", 8, "big.txt"]);
    expect(of("ok.name7.example")).toEqual(["allow", undefined, undefined, undefined]);
    expect(of("extra.example")).toEqual(["block", "big", 2, "edits.txt"]);
    expect(of("name30000.example")).toEqual(["allow", undefined, undefined, undefined]);
  });

  it("of equal lines keeps the one that lasts, in a big list as in a small one", async () => {
    const lines = [
      "twice.example # @expires=2026-03-31",
      "twice.example",
      "ends.example # @expires=2026-03-31",
      "ends.example # @expires=2026-06-30",
      "!ok.ends.example # @expires=2026-06-30",
      "!ok.ends.example # @expires=2026-03-31",
      ".ends.example",
    ].join("\n");
    const at = (day: string) => Date.parse(`${day}T12:00:00+09:00`);
    const file = await files("");
    for (const more of ["", `\n${".filler.example\n".repeat(30_000)}`]) {
      await writeFile(join(folder, "big.txt"), lines + more);
      const loaded = await loadPolicy(file);
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
      expect(loaded.policy.lists[0]?.index === undefined).toBe(more === "");
      const prepared = preparePolicy(loaded.policy, loaded.indexes);
      const line = (host: string, day: string) =>
        decide(prepared, { ...ask, host, at: at(day) }).line;
      // Asked in both orders: what was found once must not be remembered beyond its day.
      for (const day of ["2026-05-01", "2026-03-01", "2026-05-01"])
        expect(line("twice.example", day), day).toBeGreaterThan(0);
      expect(line("ends.example", "2026-05-01")).toBe(4);
      expect(line("ends.example", "2026-07-01")).toBe(7);
      expect(line("ok.ends.example", "2026-05-01")).toBeUndefined();
      expect(line("ok.ends.example", "2026-07-01")).toBe(7);
    }
  });

  it("cannot be prepared without its index: a list that cannot be asked is not empty", async () => {
    const loaded = await loadPolicy(await files(""));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    expect(() => preparePolicy(loaded.policy)).toThrow("index of list big is missing");
  });

  it("is built once, found again after a restart, and built anew when it changes", async () => {
    const file = await files("");
    const cache = join(folder, "cache");
    const store = await IndexStore.open(cache);
    const first = await loadPolicy(file, store);
    const snapshots = async () => (await readdir(cache)).filter((name) => name.endsWith(".list"));
    expect(await snapshots()).toHaveLength(1);
    const again = await loadPolicy(file, await IndexStore.open(cache));
    expect(again.ok && first.ok && again.policy.version === first.policy.version).toBe(true);
    await writeFile(
      join(folder, "big.txt"),
      `${await readFile(join(folder, "big.txt"), "utf8")}\nmore.example\n`,
    );
    await utimes(join(folder, "big.txt"), new Date(), new Date());
    const third = await loadPolicy(file, store);
    if (!third.ok) throw new Error("third");
    expect(third.policy.lists[0]?.index?.entries).toBe(size + 1);
    await store.keepOnly(new Set(third.indexes.keys()));
    expect(await snapshots()).toHaveLength(1);
  });

  it("is built anew when what was remembered of it is damaged", async () => {
    const file = await files("");
    const cache = join(folder, "cache");
    await writeFile(
      join(folder, "big.txt"),
      `!kept.name1.example\n${await readFile(join(folder, "big.txt"), "utf8")}`,
    );
    await loadPolicy(file, await IndexStore.open(cache));
    const memo = join(cache, (await readdir(cache)).find((name) => name.endsWith(".json")) ?? "");
    const good = await readFile(memo, "utf8");
    for (const bad of ["", good.slice(0, 40), good.replace(/"extras":.*\]/, '"extras":[{}]')]) {
      await writeFile(memo, bad);
      const loaded = await loadPolicy(file, await IndexStore.open(cache));
      expect(loaded.ok && loaded.policy.lists[0]?.entries).toEqual(["!kept.name1.example"]);
    }
  });

  it("is told of the wide entries in it, and one that opens everything is refused", async () => {
    const file = await files("");
    const filler = Array.from({ length: size }, (_, index) => `.name${index}.example`).join("\n");
    const lines = (...entries: string[]) => `${filler}\n${entries.join("\n")}\n`;
    const told = async (action: string) => {
      await writeFile(
        file,
        policy.replace("effect: deny", "owner: o").replace("action: block", `action: ${action}`),
      );
      const loaded = await loadPolicy(file);
      const found = loaded.ok ? loaded.warnings : loaded.problems;
      return [
        loaded.ok,
        ...found.map((each) => `${each.file.slice(folder.length + 1)}:${each.line}`),
      ];
    };
    await writeFile(
      join(folder, "big.txt"),
      lines(".co.jp", ".cloudfront.net", ".www.example.jp", "*.com.au", ".www.ro"),
    );
    expect(await told("allow")).toEqual([
      true,
      ...["big.txt:30001", "big.txt:30002", "big.txt:30004", "big.txt:30005"],
    ]);
    expect(await told("block")).toEqual([true]);
    await writeFile(join(folder, "big.txt"), lines("a.example", "*.jp"));
    expect(await told("allow")).toEqual([false, "big.txt:30002"]);
    expect(await told("block")).toEqual([true, "big.txt:30002"]);
  });

  it("that is far too big is refused without being read", async () => {
    const file = await files("");
    await truncate(join(folder, "big.txt"), 2 * 1024 ** 3);
    const before = bytesRead();
    const loaded = await loadPolicy(file);
    expect(loaded.ok ? [] : loaded.problems.map(({ line, en }) => [line, en])).toEqual([
      [5, expect.stringContaining("too large (limit 256 MB)") as string],
    ]);
    expect(bytesRead() - before).toBeLessThan(1024 ** 3);
  });
});

it("hosts are found whatever the key", async () => {
  for (let turn = 0; turn < 20; turn++) {
    const source = join(folder, "list.txt");
    await writeFile(
      source,
      Array.from({ length: 500 }, (_, index) => `n${index}.example`).join("\n"),
    );
    const { sha256 } = buildIndex({
      source,
      name: "l",
      folder,
      key: randomBytes(16),
      tz: "UTC",
      formats: ["domains"],
    });
    const index = await openIndex(folder, sha256);
    for (let n = 0; n < 500; n++)
      expect(index.find(new HostProbe(`n${n}.example`), 0, 0)?.line).toBe(n + 1);
  }
});

/** By this process, from files and all else. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

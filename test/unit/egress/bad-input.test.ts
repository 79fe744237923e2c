/**
 * Files as hands and other programs spoil them, through the watch that the product has: each is refused with
 * its place and what to write, within bounded time and memory, and what is in force goes on deciding.
 */
import { mkdir, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type PolicyWatch, watchPolicy } from "../../../orchestrator/egress/policy-watch.ts";
import { encodeCp932 } from "../../../policies/exchange/decode.ts";
import { IndexStore } from "../../../policies/index/store.ts";
import { decide } from "../../../policies/match.ts";

const good = `version: 1
name: p
lists:
  l: { file: lists/l.txt, effect: allow }
rules:
  - { id: R1, plane: [isolated], to: { lists: [l] }, action: allow }
`;
/** A size stands for a file of that many bytes which are all zero and take no place on the disk. */
type Files = Readonly<Record<string, string | Uint8Array | number>>;

let folder: string;
let watch: PolicyWatch;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  await restore();
  watch = await watchPolicy({
    ...{ file: join(folder, "policy.yaml"), log: pino({ level: "silent" }) },
    lists: await IndexStore.open(join(folder, "cache")),
    onPolicy: () => undefined,
    onProblems: () => undefined,
  });
});
afterAll(async () => {
  await watch[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  expect(watch.status().problems).toEqual([]);
});
afterEach(async () => {
  await restore();
  await watch.reload();
  expect(watch.status().problems).toEqual([]);
});

const restore = () => write({ "policy.yaml": good, "lists/l.txt": "www.example.jp\n" });

/** Whole files in one step: the watch looks whenever it likes, and a file half written is another file. */
async function write(files: Files): Promise<void> {
  const fresh = `${folder}.new`;
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    if (typeof content !== "number") await writeFile(fresh, content);
    else {
      await using file = await open(fresh, "w");
      await file.truncate(content);
    }
    await rename(fresh, path);
  }
}

function verdictOf(host: string): string | undefined {
  const prepared = watch.prepared();
  const ask = { plane: "isolated", user: "u", groups: [], port: 443, via: "connect" } as const;
  return prepared && decide(prepared, { ...ask, host, at: Date.now() }).verdict;
}

const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"].concat(
  ..."bcdefghij".split("").map((name, at) => {
    const above = `*${String.fromCharCode("a".charCodeAt(0) + at)}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => above).join(", ")}]`;
  }),
);
const list = (...lines: string[]): Files => ({ "lists/l.txt": `ok.example\n${lines.join("\n")}` });
const gigabyte = 1024 ** 3;

it.each<[sentence: string, files: Files, place: string, says: string]>([
  [
    "a bomb of aliases",
    { "policy.yaml": bomb.join("\n") },
    "policy.yaml:1:4",
    '"&name" cannot be used',
  ],
  ["a key twice", { "policy.yaml": `${good}name: q\n` }, "policy.yaml:7:1", "stands here twice"],
  ["a tab", { "policy.yaml": good.replace("  l:", "\tl:") }, "policy.yaml:4:1", "write spaces"],
  [
    "a policy saved as Shift_JIS",
    { "policy.yaml": encodeCp932(good.replace("name: p", "name: 方針")).bytes },
    "policy.yaml:2:1",
    "save the file again as UTF-8",
  ],
  [
    "a list saved as Shift_JIS",
    { "lists/l.txt": encodeCp932("www.example.jp\n.b.example # 総務課\n").bytes },
    "lists/l.txt:2:1",
    "save the file again as UTF-8",
  ],
  [
    "a policy saved as UTF-16",
    { "policy.yaml": Buffer.from(`\ufeff${good}`, "utf16le") },
    "policy.yaml:1:1",
    "save the file again as UTF-8",
  ],
  ["a policy of two gigabytes", { "policy.yaml": 2 * gigabyte }, "policy.yaml:1:1", "too large"],
  [
    "a list of two gigabytes",
    { "lists/l.txt": 2 * gigabyte },
    "policy.yaml:4:14",
    "too large (limit 256 MB)",
  ],
  [
    "a list of zeros, just within the limit",
    { "lists/l.txt": 256 * 1024 * 1024 },
    "lists/l.txt:1:1",
    "one entry per line",
  ],
  ["a control character", list("a\u0007.example"), "lists/l.txt:2:1", "no host name has"],
  ["an escape sequence", list("\u001b[2Ja.example"), "lists/l.txt:2:1", 'write "example.jp"'],
  ["everything", list("*"), "lists/l.txt:2:1", "write to: { any: true }"],
  ["a whole top-level domain", list("a.example", "*.jp"), "lists/l.txt:3:1", "write the names"],
  ["a bare top-level domain", list("com"), "lists/l.txt:2:1", "example.com"],
])("%s", async (_sentence, files, place, says) => {
  await write(files);
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  await watch.reload();
  const grownMb = (process.memoryUsage.rss() - before) / 1024 / 1024;
  const [first] = watch.status().problems;
  const { file = "", line, column, message = "" } = first ?? {};
  expect(`${relative(folder, file)}:${line}:${column}`).toBe(place);
  expect(message).toContain(says);
  expect(message).toMatch(/[ぁ-ん]/);
  expect([verdictOf("www.example.jp"), verdictOf("ok.example")]).toEqual(["allow", "block"]);
  expect(grownMb).toBeLessThan(160);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

it("a byte order mark, which editors of Windows write, changes nothing", async () => {
  await write({ "policy.yaml": `\ufeff${good}`, "lists/l.txt": "\ufeffok.example\r\n" });
  await watch.reload();
  expect(watch.status().problems).toEqual([]);
  expect([verdictOf("www.example.jp"), verdictOf("ok.example")]).toEqual(["block", "allow"]);
});

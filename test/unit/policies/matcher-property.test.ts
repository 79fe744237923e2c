/**
 * The compiled matcher against the plainest possible one, over random lists and hosts made of few
 * labels, so that they meet often. HANARE_PROPERTY_TIMES makes it longer.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EntryTable } from "../../../policies/entry-table.ts";
import { buildIndex } from "../../../policies/index/build.ts";
import { openIndex } from "../../../policies/index/open.ts";
import { HostProbe } from "../../../policies/index/probe.ts";
import { propertyTimes } from "../../support/property-times.ts";

const rounds = 24 * propertyTimes;
const hostsPerRound = 25_000;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A small generator that gives the same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 7), state | 61) ^ state;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const words = ["a", "b", "c1", "d-e", "xn--wgv71a119e", "www", "example", "jp", "co", "lg"];

function randomName(random: (below: number) => number): string {
  const labels = Array.from({ length: 1 + random(5) }, () => words[random(words.length)] ?? "a");
  return [...labels, ["jp", "com", "example"][random(3)]].join(".");
}

/** What the words in list-entry.ts say, as slowly as one likes: the closest entry decides. */
function naive(entries: readonly string[], host: string): string | undefined {
  let best: { entry: string; closeness: number; rank: number } | undefined;
  for (const [index, entry] of entries.entries()) {
    const plain = entry.replace(/^!/, "");
    const closeness = closenessOf(plain, host);
    if (closeness < 0) continue;
    const rank = (entry.startsWith("!") ? 0 : 1) * entries.length + index;
    if (!best || closeness > best.closeness || (closeness === best.closeness && rank < best.rank))
      best = { entry, closeness, rank };
  }
  return best?.entry.startsWith("!") ? undefined : best?.entry;
}

/** Higher is closer; −1 is no match. */
function closenessOf(entry: string, host: string): number {
  if (entry.startsWith("*.")) return host.endsWith(entry.slice(1)) ? entry.length * 2 + 1 : -1;
  if (!entry.startsWith(".")) return entry === host ? 100_000 : -1;
  if (host === entry.slice(1)) return 90_000;
  return host.endsWith(entry) ? entry.length * 2 + 2 : -1;
}

it(
  `equals the naive one over ${rounds * hostsPerRound} hosts`,
  async () => {
    for (let round = 0; round < rounds; round++) {
      const random = numbers(0x9e3779b9 + round * 7919);
      const entries = [
        ...new Set(
          Array.from(
            { length: 1 + random(60) },
            () => `${["", "", ".", "*."][random(4)] ?? ""}${randomName(random)}`,
          ),
        ),
      ];
      const edits = [
        ...new Set(
          Array.from(
            { length: random(6) },
            () => `${["!", "!.", ""][random(3)] ?? ""}${randomName(random)}`,
          ),
        ),
      ];
      const source = join(folder, "list.txt");
      await writeFile(source, entries.join("\n"));
      const built = buildIndex({
        ...{ source, name: "l", folder, tz: "UTC", formats: ["domains"] },
        key: new Uint8Array(16).map(() => random(256)),
      });
      const index = await openIndex(folder, built.sha256);
      const lines = edits.map((_, line) => line + 1);
      const layer = { file: "edits", entries: edits, lines };
      const asIndex = new EntryTable({ id: "l", entries: [], lines: [], edits: layer }, index);
      const inFull = new EntryTable({
        ...{ id: "l", entries, edits: layer },
        lines: entries.map((_, line) => line + 1),
      });
      const question = { at: 0, via: "connect" } as const;
      for (let turn = 0; turn < hostsPerRound; turn++) {
        const host = randomName(random);
        const probe = new HostProbe(host);
        const expected = naive([...edits, ...entries], host);
        const got = asIndex.find(probe, question);
        // Not expect(): a million of them would take minutes.
        if (got?.entry !== expected || inFull.find(probe, question)?.entry !== expected)
          expect({ host, entries, edits, got: got?.entry }).toEqual({
            host,
            entries,
            edits,
            got: expected,
          });
        if (got && got.file !== "edits" && entries[got.line - 1] !== got.entry)
          expect(got).toEqual({ ...got, entry: entries[got.line - 1] });
      }
    }
  },
  120_000 * propertyTimes,
);

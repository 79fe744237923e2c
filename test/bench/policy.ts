/**
 * Big lists: how long from a text file until it is decided by, what it costs in memory, how long a
 * decision takes, and how soon an edit is in force. Each size runs in a process of its own, started
 * anew, so that nothing of one is counted for another. `--json`; `--small` leaves 10 million out.
 *
 * What counts as memory: growth of the process that decides, from before the snapshot is opened until
 * after decisions were made with it, after a garbage collection on both ends: of its resident set or of
 * what it holds (heap and buffers), whichever is more. It has decided by a list of 30,000 names before,
 * so that code and heap that any list needs are not counted for this one. Building runs elsewhere and
 * ends; its peak is a figure of its own.
 *
 * What counts as a decision: `decide` over a policy with the big deny list, an allow list and their
 * rules. Traffic is that of an office: 100,000 hosts asked for with Zipf's law, one in ten listed, after
 * 400,000 requests of the same kind (a town's first half hour). What the clock itself takes (timer_us) is
 * not subtracted. The dearest cases (every host new and not listed; every host new and listed, so that
 * each hit is compared with its entry on disk) are figures.
 *
 * Machines interrupt what runs: on a shared virtual one every 45 µs or so for 3 µs, which is one in fifty
 * decisions, whatever they do (interrupted_p99_us: arithmetic without memory, as long as half of the
 * decisions). So the same 400,000 requests are asked five times, each time of a list just opened and after
 * the same 400,000 before, and the one in the middle of its five times is what a request took: what the
 * decision itself costs (cold caches, reads from disk) is in all five. p99 is over the requests;
 * decide_raw_p99_us is that of single runs.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLog } from "../../orchestrator/base/log.ts";
import { largePages } from "../../orchestrator/egress/helper-process.ts";
import { watchPolicy } from "../../orchestrator/egress/policy-watch.ts";
import { buildIndex } from "../../policies/index/build.ts";
import { openIndex } from "../../policies/index/open.ts";
import { IndexStore } from "../../policies/index/store.ts";
import { loadPolicy } from "../../policies/load.ts";
import { decide, type PreparedPolicy, preparePolicy } from "../../policies/match.ts";
import { type Bar, printResult, quantile } from "./report.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    small: { type: "boolean" },
    part: { type: "string" },
    folder: { type: "string" },
    entries: { type: "string" },
  },
});

const edits = 40;
const policyText = `version: 1
name: bench
defaults: { isolated: allow }
lists:
  big: { file: big.txt, edits: edits.txt, effect: deny }
  allow: { file: allow.txt, effect: allow }
rules:
  - { id: R100, plane: [isolated], to: { lists: [allow] }, action: allow }
  - { id: R200, plane: [isolated], to: { lists: [big] }, action: block }
`;

function word(index: number): string {
  const mixed = Math.imul(index, 2654435761) >>> 0;
  return mixed.toString(36) + ((Math.imul(index ^ 0x5bd1e995, 0x9e3779b1) >>> 0) % 97).toString(36);
}
function name(index: number): string {
  const zone = [".example.jp", ".co.example", ".example.com"][index % 3] ?? "";
  return `${index % 5 === 0 ? "www." : ""}${word(index)}${zone}`;
}
const entry = (index: number) => `${index % 2 === 0 ? "." : ""}${name(index)}`;

async function makeList(folder: string, entries: number): Promise<void> {
  const out = createWriteStream(join(folder, "big.txt"));
  for (let from = 0; from < entries; from += 50_000) {
    const part = Array.from({ length: Math.min(50_000, entries - from) }, (_, at) =>
      entry(from + at),
    );
    if (!out.write(`${part.join("\n")}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  await writeFile(join(folder, "policy.yaml"), policyText);
  await writeFile(join(folder, "edits.txt"), "");
  const allow = Array.from({ length: 500 }, (_, index) => `.allowed${index}.example`);
  await writeFile(join(folder, "allow.txt"), allow.join("\n"));
}

type Figures = Record<string, number>;

/** Text to snapshot to open, as the first load of a list does it. */
async function loadPart(folder: string): Promise<Figures> {
  const source = join(folder, "big.txt");
  const startedAt = performance.now();
  const request = { source, name: source, folder, tz: "UTC", formats: ["domains"] as const };
  const built = buildIndex({ ...request, key: new Uint8Array(16).fill(7) });
  await openIndex(folder, built.sha256);
  return {
    load_ms: performance.now() - startedAt,
    build_peak_mb: process.resourceUsage().maxRSS / 1024,
  };
}

function collect(): void {
  if (!globalThis.gc) throw new Error("run with --expose-gc");
  globalThis.gc();
  globalThis.gc();
}

const ask = {
  plane: "isolated",
  user: "u",
  groups: [],
  port: 443,
  via: "connect",
  at: Date.now(),
} as const;

const miss = (at: number) => `www.${word(at)}.elsewhere.org`;

/** Grown by a warm-up without the big list first, so that only the list is counted. */
async function memoryPart(folder: string, entries: number): Promise<Figures> {
  const store = await IndexStore.open(join(folder, "cache"));
  const small = join(folder, "small");
  await mkdir(small);
  await makeList(small, 30_000);
  const warm = await loadPolicy(join(small, "policy.yaml"), store);
  if (!warm.ok) throw new Error(JSON.stringify(warm.problems));
  const decideAll = (prepared: PreparedPolicy, many: number) => {
    for (let at = 0; at < many; at++)
      decide(prepared, { ...ask, host: at % 10 === 0 ? name((at * 7919) % entries) : miss(at) });
  };
  decideAll(preparePolicy(warm.policy, warm.indexes), 300_000);
  collect();
  const before = process.memoryUsage();
  const loaded = await loadPolicy(join(folder, "policy.yaml"), store);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const prepared = preparePolicy(loaded.policy, loaded.indexes);
  decideAll(prepared, 300_000);
  collect();
  const after = process.memoryUsage();
  decideAll(prepared, 10);
  const mb = (bytes: number) => bytes / 1024 / 1024;
  const held = (usage: NodeJS.MemoryUsage) => usage.heapUsed + usage.external;
  return {
    mem_mb: Math.max(mb(after.rss - before.rss), mb(held(after) - held(before))),
    resident_mb: mb(after.rss - before.rss),
    held_mb: mb(held(after) - held(before)),
    buffers_mb: mb(after.arrayBuffers - before.arrayBuffers),
  };
}

async function openReady(folder: string): Promise<PreparedPolicy> {
  const store = await IndexStore.open(join(folder, "cache"));
  const loaded = await loadPolicy(join(folder, "policy.yaml"), store);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return preparePolicy(loaded.policy, loaded.indexes);
}

function timeEach(prepared: PreparedPolicy, hosts: readonly string[], wanted: number): number[] {
  const took = new Float64Array(hosts.length);
  let blocked = 0;
  for (const [at, text] of hosts.entries()) {
    // As from the wire: a fresh flat string, which nothing has looked at yet.
    const host = Buffer.from(text, "latin1").toString("latin1");
    const startedAt = performance.now();
    const decision = decide(prepared, { ...ask, host });
    took[at] = (performance.now() - startedAt) * 1000;
    if (decision.verdict === "block") blocked++;
  }
  if (Math.abs(blocked - wanted) > hosts.length / 100)
    throw new Error(`${blocked} blocked instead of ${wanted}`);
  return [...took];
}

/** A process that finds the snapshot ready, as the proxy does. */
async function decidePart(folder: string, entries: number): Promise<Figures> {
  const listed = (at: number) => `a.${entry((at * 49_979_687) % entries).replace(/^\./, "")}`;
  const hit = (at: number) =>
    entry((at * 49_979_687) % entries).startsWith(".") ? listed(at) : listed(at).slice(2);
  const known = Array.from({ length: 100_000 }, (_, at) => (at % 10 === 3 ? hit(at) : miss(at)));
  const [before = [], office = []] = [12_345, 23_456].map((seed) =>
    zipf(known.length, 400_000, seed).map((at) => known[at] ?? ""),
  );
  const listedIn = (hosts: readonly string[]) =>
    hosts.filter((host) => !host.endsWith(".org")).length;
  const openedAt = performance.now();
  let prepared = await openReady(folder);
  const reopenMs = performance.now() - openedAt;
  const runs: number[][] = [];
  for (let run = 0; run < 5; run++) {
    if (run > 0) prepared = await openReady(folder);
    timeEach(prepared, before, listedIn(before));
    runs.push(timeEach(prepared, office, listedIn(office)));
  }
  const quiet = office.map((_, at) => middle(runs.map((run) => run[at] ?? Number.NaN)));
  const microseconds = (hosts: readonly string[], wanted: number) =>
    timeEach(prepared, hosts, wanted);
  const misses = microseconds(
    Array.from({ length: 200_000 }, (_, at) => miss(at + 1e6)),
    0,
  );
  const hits = microseconds(
    Array.from({ length: 200_000 }, (_, at) => hit(at + 1e6)),
    200_000,
  );
  return {
    reopen_ms: reopenMs,
    decide_p50_us: quantile(quiet, 0.5),
    decide_p99_us: quantile(quiet, 0.99),
    decide_raw_p50_us: middle(runs.map((run) => quantile(run, 0.5))),
    decide_raw_p99_us: middle(runs.map((run) => quantile(run, 0.99))),
    ...interrupted(quantile(quiet, 0.5)),
    timer_us: timerMicroseconds(),
    decide_new_miss_p99_us: quantile(misses, 0.99),
    decide_new_hit_p50_us: quantile(hits, 0.5),
    decide_new_hit_p99_us: quantile(hits, 0.99),
  };
}

const middle = (figures: readonly number[]): number => quantile(figures, 0.5);

/** How long arithmetic takes that should take `wantedUs`: what is above that was not its own doing. */
function interrupted(wantedUs: number): Figures {
  let state = 1;
  const time = (steps: number, times: number) =>
    Array.from({ length: times }, () => {
      const startedAt = performance.now();
      for (let step = 0; step < steps; step++) state = Math.imul(state ^ step, 0x85ebca6b) | 1;
      return (performance.now() - startedAt) * 1000;
    });
  time(200, 50_000);
  const steps = Math.round((wantedUs / middle(time(1_000, 50_000))) * 1_000);
  const took = time(steps, 400_000);
  return { interrupted_p50_us: quantile(took, 0.5), interrupted_p99_us: quantile(took, 0.99) };
}

function timerMicroseconds(): number {
  const took = Array.from({ length: 100_000 }, () => {
    const startedAt = performance.now();
    return (performance.now() - startedAt) * 1000;
  });
  return quantile(took, 0.5);
}

/** Ranks drawn by Zipf's law (exponent 1), the same every time. */
function zipf(hosts: number, draws: number, seed: number): number[] {
  const top = Math.log(hosts + 1);
  let state = seed;
  return Array.from({ length: draws }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.min(hosts - 1, Math.floor(Math.exp((state / 0x1_0000_0000) * top)) - 1);
  });
}

/** From the save of a small file until decisions go by it, beside the big list, through the real watcher. */
async function editPart(folder: string): Promise<Figures> {
  const took: number[] = [];
  let inForce = Promise.withResolvers<undefined>();
  await using watch = await watchPolicy({
    file: join(folder, "policy.yaml"),
    lists: await IndexStore.open(join(folder, "cache")),
    log: createLog("silent"),
    onPolicy: () => undefined,
    onProblems: (problems) => {
      if (problems.length > 0) throw new Error(JSON.stringify(problems));
    },
    onInForce: () => inForce.resolve(undefined),
  });
  for (let turn = 0; turn < edits; turn++) {
    inForce = Promise.withResolvers<undefined>();
    const host = `edit${turn}.example`;
    const startedAt = performance.now();
    await writeFile(join(folder, "edits.txt"), `${host}\n`);
    while (verdictOf() !== "block") {
      await inForce.promise;
      inForce = Promise.withResolvers<undefined>();
    }
    took.push(performance.now() - startedAt);
    function verdictOf() {
      const prepared = watch.prepared();
      return prepared && decide(prepared, { ...ask, host }).verdict;
    }
  }
  return { edit_p50_ms: quantile(took, 0.5), edit_p95_ms: quantile(took, 0.95) };
}

async function inChild(
  part: string,
  folder: string,
  entries: number,
  /** The proxies open snapshots and decide; building is the orchestrator's. */
  asProxy = false,
): Promise<Figures> {
  const child = fork(
    import.meta.filename,
    ["--part", part, "--folder", folder, "--entries", String(entries)],
    { execArgv: ["--expose-gc"], env: { ...process.env, ...(asProxy && largePages) } },
  );
  let figures: Figures | undefined;
  child.on("message", (message) => (figures = message as Figures));
  const [code] = (await once(child, "exit")) as [number | null];
  if (!figures || code !== 0) throw new Error(`part ${part} ended with ${code}`);
  return figures;
}

async function measure(root: string, entries: number): Promise<Figures> {
  const folder = join(root, String(entries));
  await mkdir(folder);
  await makeList(folder, entries);
  const load = await inChild("load", folder, entries);
  // Fills the cache that the two others find.
  await using store = await IndexStore.open(join(folder, "cache"));
  await loadPolicy(join(folder, "policy.yaml"), store);
  const list = await stat(join(folder, "big.txt"));
  const figures = {
    ...load,
    ...(await inChild("memory", folder, entries, true)),
    ...(await inChild("decide", folder, entries, true)),
    ...(await inChild("edit", folder, entries)),
    list_mb: list.size / 1024 / 1024,
  };
  await rm(folder, { recursive: true });
  return figures;
}

async function main(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "hanare-bench-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(root, { recursive: true }));
  const one = await measure(root, 1_000_000);
  const ten = values.small === true ? undefined : await measure(root, 10_000_000);
  const named = (figures: Figures, size: string) =>
    Object.fromEntries(Object.entries(figures).map(([id, value]) => [`${size}_${id}`, value]));
  const bar = (id: string, value: number | undefined, most: number): Bar =>
    value === undefined
      ? { id, value: null, bar: most, cmp: "<=", why: "left out by --small" }
      : { id, value, bar: most, cmp: "<=" };
  printResult(
    {
      bench: "policy",
      runs: 1,
      figures: { ...named(one, "1m"), ...(ten && named(ten, "10m")) },
      bars: [
        bar("load_1m_ms", one["load_ms"], 1000),
        bar("mem_1m_mb", one["mem_mb"], 12),
        bar("load_10m_ms", ten?.["load_ms"], 6000),
        bar("mem_10m_mb", ten?.["mem_mb"], 130),
        bar("decide_p99_us", ten?.["decide_p99_us"], 2),
        bar("edit_ms", ten?.["edit_p95_ms"], 50),
      ],
    },
    values.json === true,
  );
}

const parts: Readonly<Record<string, (folder: string, entries: number) => Promise<Figures>>> = {
  load: loadPart,
  memory: memoryPart,
  decide: decidePart,
  edit: editPart,
};
const part = values.part === undefined ? undefined : parts[values.part];
if (part) {
  process.send?.(await part(values.folder ?? "", Number(values.entries)));
  process.disconnect();
} else await main();

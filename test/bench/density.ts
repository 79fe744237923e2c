/**
 * How many idle sessions one machine holds, what each costs, and whether a warm open is still warm beside
 * them. `--sessions N` (default 60), `--seconds N` of rest (default 20), `--json`.
 *
 * A session's own memory is what is gone when it ends: anonymous memory, shared memory and the kernel's
 * share of its control group. Pages of the image's files are one copy for all and are given apart.
 */
import { readFile } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEngineClient } from "../../orchestrator/engine/client.ts";
import { loadInstallation } from "../../orchestrator/config/installation.ts";
import { cgroupOf } from "../../orchestrator/engine/cgroup.ts";
import { parseStat } from "../../orchestrator/sessions/machine.ts";
import { sessionContainerName } from "../../orchestrator/sessions/spec.ts";
import { startInstallation } from "../support/installation.ts";
import { openFromAfar, openOnce, poolIsFull } from "./opening.ts";
import { printResult, quantile } from "./report.ts";
import { TerminalBrowser } from "./terminal-browser.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    sessions: { type: "string" },
    seconds: { type: "string" },
  },
});
const wanted = Number(values.sessions ?? "60");
const restMs = Number(values.seconds ?? "20") * 1000;
const mb = 1024 * 1024;

interface Usage {
  readonly ownBytes: number;
  readonly filesBytes: number;
  readonly cpuMs: number;
}

async function usageOf(name: string): Promise<Usage> {
  const { State } = await engine.inspect(name);
  const place = cgroupOf(await readFile(`/proc/${State.Pid}/cgroup`, "utf8"), "memory");
  if (!place) throw new Error(`no memory cgroup for ${name}`);
  const file = (directory: string, each: string) => readFile(join(directory, each), "utf8");
  const stat = await file(place.directory, "memory.stat");
  const shared = parseStat(stat, "shmem");
  if (place.version === 2) {
    return {
      ownBytes: parseStat(stat, "anon") + shared + parseStat(stat, "kernel"),
      filesBytes: parseStat(stat, "file") - shared,
      cpuMs: parseStat(await file(place.directory, "cpu.stat"), "usage_usec") / 1000,
    };
  }
  const kernel = Number(await file(place.directory, "memory.kmem.usage_in_bytes"));
  const cpu = await file(place.directory.replace("/memory/", "/cpuacct/"), "cpuacct.usage");
  return {
    ownBytes: parseStat(stat, "total_rss") + shared + kernel,
    filesBytes: parseStat(stat, "total_cache") - shared,
    cpuMs: Number(cpu) / 1e6,
  };
}

/** Program → bytes of its own memory, each shared page counted by its part; of one container. */
async function makeUpOf(name: string): Promise<Map<string, number>> {
  const { State } = await engine.inspect(name);
  const place = cgroupOf(await readFile(`/proc/${State.Pid}/cgroup`, "utf8"), "memory");
  const pids = place ? await readFile(join(place.directory, "cgroup.procs"), "utf8") : "";
  const bytes = new Map<string, number>();
  for (const pid of pids.split("\n").filter((line) => line !== "")) {
    const [program = "", ...args] = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split(/[\0 ]/);
    const type = args.find((each) => each.startsWith("--type="))?.slice(7);
    const label = [program.split("/").at(-1), type].filter(Boolean).join(" ");
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
    const kib = ["Pss_Anon", "Pss_Shmem"].map((field) =>
      Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? "0"),
    );
    const own = kib.reduce((sum, each) => sum + each, 0) * 1024;
    bytes.set(label, (bytes.get(label) ?? 0) + own);
  }
  return bytes;
}

await using stack = new AsyncDisposableStack();
const house = stack.use(
  await startInstallation({
    config: { sessions: { maxTotal: wanted + 4, pool: { min: 1, max: 1 }, graceSeconds: 3600 } },
  }),
);
const portal = await stack.use(await TerminalBrowser.start()).firstSignIn(house);
const { id: installation } = await loadInstallation(house.dataDir);
const engine = createEngineClient(installation);
const freeBefore = freemem();

let held = 0;
let refused = "";
for (let at = 0; at < wanted; at += 1) {
  try {
    await openFromAfar(house, `person-${at}`);
    held += 1;
  } catch (error) {
    refused = error instanceof Error ? error.message : String(error);
    break;
  }
  process.stderr.write(`\r${held}/${wanted}`);
}
process.stderr.write("\n");
await new Promise((resolve) => setTimeout(resolve, 10_000));

const active = new Set(
  house.hanare.sessions
    .list()
    .filter(({ state }) => state === "active")
    .map(({ id }) => sessionContainerName(installation, id)),
);
const containers = (await engine.list("session")).filter(({ name }) => active.has(name));
const before = await Promise.all(containers.map(({ name }) => usageOf(name)));
await new Promise((resolve) => setTimeout(resolve, restMs));
const after = await Promise.all(containers.map(({ name }) => usageOf(name)));
const freeAfter = freemem();
const parts = containers[0] ? await makeUpOf(containers[0].name) : new Map<string, number>();
const cpuPct = after.map(({ cpuMs }, at) => ((cpuMs - (before[at]?.cpuMs ?? 0)) / restMs) * 100);

const warm: number[] = [];
for (let turn = 0; turn < 9; turn += 1) {
  await poolIsFull(house);
  const { ms } = await openOnce(house, portal);
  if (turn > 0) warm.push(ms);
}

printResult(
  {
    bench: "density",
    runs: 1,
    figures: {
      own_mb_p95: quantile(
        after.map(({ ownBytes }) => ownBytes / mb),
        0.95,
      ),
      shared_files_mb_all: after.reduce((sum, { filesBytes }) => sum + filesBytes, 0) / mb,
      machine_mb_per_session: (freeBefore - freeAfter) / mb / Math.max(1, held),
      cpu_pct_p95: quantile(cpuPct, 0.95),
      ...Object.fromEntries(
        [...parts].map(([label, bytes]) => [`of_one: ${label}, mb`, bytes / mb]),
      ),
      warm_p50_ms_at_density: quantile(warm, 0.5),
    },
    bars: [
      {
        id: "idle_session_mb",
        value: quantile(
          after.map(({ ownBytes }) => ownBytes / mb),
          0.5,
        ),
        bar: 200,
        cmp: "<=",
      },
      {
        id: "idle_session_cpu_pct",
        value: cpuPct.reduce((sum, each) => sum + each, 0) / Math.max(1, cpuPct.length),
        bar: 0.5,
        cmp: "<=",
      },
      {
        id: "sessions_held",
        value: active.size,
        bar: 60,
        cmp: ">=",
        ...(refused === "" ? {} : { why: refused }),
      },
      { id: "warm_p95_ms_at_density", value: quantile(warm, 0.95), bar: 400, cmp: "<=" },
    ],
  },
  values.json === true,
);

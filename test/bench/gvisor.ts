/**
 * What gVisor costs: sessions under runc and under runsc, in turns, on an engine of the tests' own. Cold
 * start to a claimed session, memory and processor at rest, processes on the host. `--runs N` (default 5),
 * `--json`. No bars: it is a price that a municipality may choose to pay.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { SessionId, UserId } from "../../orchestrator/base/ids.ts";
import { defaultDataDir } from "../../orchestrator/config/load.ts";
import { cgroupOf } from "../../orchestrator/engine/cgroup.ts";
import { readKernelView } from "../../orchestrator/engine/kernel-view.ts";
import { containerBytes } from "../../orchestrator/sessions/machine.ts";
import { sessionContainerName } from "../../orchestrator/sessions/spec.ts";
import { type Runtime, runtimes } from "../../orchestrator/sessions/types.ts";
import { ensureRunsc } from "../../setup/gvisor/fetch.ts";
import { registerRunsc } from "../../setup/gvisor/register.ts";
import { testImages } from "../support/images.ts";
import { OwnEngine } from "../support/own-engine.ts";
import { sessionScene } from "../support/session-parts.ts";
import { printResult, quantile } from "./report.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean" }, runs: { type: "string", default: "5" } },
});
const runs = Number(values.runs);
const restMs = 8000;
const settleMs = 5000;
const signal = () => AbortSignal.timeout(120_000);

await using own = await OwnEngine.start({ images: [testImages().browser] });
const dataDir = defaultDataDir();
const runsc = await ensureRunsc(
  { dataDir, logFile: join(dataDir, "log", "setup.log"), onText: () => undefined },
  signal(),
);
const reload = (): Promise<void> => {
  own.reload();
  return Promise.resolve();
};
await registerRunsc({ engine: own.api, file: own.configFile, runsc, reload }, signal());
await using scene = await sessionScene(
  { startSeconds: 60 },
  "{}",
  ([group]) => ({ rule: "K1", session: true, runtime: group === "runsc" ? "runsc" : "runc" }),
  own.socket,
);

/** Processor time of all processes in the container's group, in milliseconds. */
function cpuMs(pid: number): number {
  const place = cgroupOf(readFileSync(`/proc/${pid}/cgroup`, "utf8"), "memory");
  if (place === undefined) return Number.NaN;
  if (place.version === 1) {
    const directory = place.directory.replace("/memory/", "/cpuacct/");
    return Number(readFileSync(join(directory, "cpuacct.usage"), "utf8")) / 1e6;
  }
  const stat = readFileSync(join(place.directory, "cpu.stat"), "utf8");
  return Number(/^usage_usec (\d+)$/m.exec(stat)?.[1]) / 1000;
}

interface Measured {
  readonly coldMs: number;
  readonly mib: number;
  readonly cpuPct: number;
  readonly processes: number;
}

async function measure(runtime: Runtime, turn: number): Promise<Measured> {
  const name = `${runtime}-${turn}`;
  const askedAt = performance.now();
  const { id }: { id: SessionId } = await scene.sessions.open(
    { id: name as UserId, name, groups: [runtime] },
    { terminal: "192.0.2.1", size: { width: 1280, height: 720, scalePct: 100 } },
    signal(),
  );
  const coldMs = performance.now() - askedAt;
  await wait(settleMs);
  const { State } = await scene.engine.inspect(sessionContainerName(scene.parts.installation, id));
  const before = cpuMs(State.Pid);
  await wait(restMs);
  const cpuPct = ((cpuMs(State.Pid) - before) / restMs) * 100;
  const mib = (containerBytes(State.Pid) ?? Number.NaN) / 1024 ** 2;
  const processes = readKernelView(State.Pid).processes.length;
  await scene.sessions.end(id, "user");
  return { coldMs, mib, cpuPct, processes };
}

const measured: Record<Runtime, Measured[]> = { runc: [], runsc: [] };
for (let turn = 0; turn <= runs; turn += 1)
  for (const runtime of runtimes) {
    const one = await measure(runtime, turn);
    // The first of each reads the image from disk.
    if (turn > 0) measured[runtime].push(one);
    process.stderr.write(`\r${turn}/${runs} ${runtime} `);
  }
process.stderr.write("\n");

const p50 = (runtime: Runtime, of: keyof Measured): number =>
  quantile(
    measured[runtime].map((each) => each[of]),
    0.5,
  );
printResult(
  {
    bench: "gvisor",
    runs,
    figures: Object.fromEntries(
      runtimes.flatMap((runtime) => [
        [`${runtime}_cold_p50_ms`, p50(runtime, "coldMs")],
        [`${runtime}_idle_mib`, p50(runtime, "mib")],
        [`${runtime}_idle_cpu_pct`, p50(runtime, "cpuPct")],
        [`${runtime}_host_processes`, p50(runtime, "processes")],
      ]),
    ),
    bars: [],
  },
  values.json === true,
);

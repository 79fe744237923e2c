/**
 * Hanare's session plane against Debian's squid (one worker, no cache, equal rules), turns interleaved,
 * same client and same origin, all on loopback and all bounded. Rates are per core: what was done divided
 * by the processor time that the proxy took for it, so that a busy machine changes neither.
 *
 *   npm run -s bench -- proxy [--rounds N] [--seconds S] [--only requests,tunnels,…] [--soak-seconds S]
 *                               [--profile] [--json]
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { freePort } from "../support/free-port.ts";
import { proxyNodeArgs } from "../../orchestrator/egress/proxy-node-args.ts";
import type { CompiledPolicy } from "../../policies/compiled.ts";
import { prepared } from "../unit/policies/parts.ts";
import { startDnsServer } from "../support/dns-server.ts";
import type { Figures, Target, Task } from "./proxy/client.ts";
import * as processes from "./proxy/processes.ts";
import { startSquid } from "../support/squid.ts";
import { type Bar, printResult, quantile } from "./report.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "requests,tunnels,paced,bulk,idle,reload,soak" },
    "soak-seconds": { type: "string", default: "60" },
    profile: { type: "boolean" },
  },
});
const rounds = Number(values.rounds);
const ms = Number(values.seconds) * 1000;
const wanted = new Set(values.only.split(","));
const connections = 32;
const bulkMegabytes = 2048;
const idleTunnels = 10_000;
const host = "www.allowed.test";

interface Contender {
  readonly name: "hanare" | "squid";
  readonly pid: number;
  readonly target: Target;
}

/** The same rules that Squid gets: one list of names, one port, everything else refused. */
function policyFor(originPort: number, name: string): CompiledPolicy {
  return prepared(`version: 1
name: ${name}
guards: { ports: { connect: [${originPort}], http: [${originPort}] }, permit_ip: [127.0.0.1] }
lists: { sites: { hosts: [.allowed.test] } }
rules: [{ id: R1, plane: [isolated], to: { lists: [sites] }, action: allow }]
`).policy;
}

interface Measured {
  readonly figures: Figures;
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly cpuShare: number;
  readonly kernelShare: number;
}

await using stack = new AsyncDisposableStack();
const origin = await processes.startOrigin();
stack.defer(() => origin.child.disconnect());
const client = processes.start("client.ts");
stack.defer(() => client.disconnect());
const dns = stack.use(await startDnsServer({ names: { [host]: ["127.0.0.1"] }, ttlSeconds: 60 }));
const squidPort = await freePort();
const squid = stack.use(
  await startSquid({
    port: squidPort,
    hosts: { [host]: "127.0.0.1" },
    rules: [
      `acl sites dstdomain .allowed.test`,
      `acl origin port ${origin.port}`,
      "acl CONNECT method CONNECT",
      "http_access deny CONNECT !origin",
      "http_access allow sites origin",
      "http_access deny all",
    ],
  }),
);
const hanarePort = await freePort();
const hanareProcess = processes.start(
  "hanare.ts",
  [String(hanarePort)],
  [...proxyNodeArgs, ...(values.profile ? ["--cpu-prof", "--cpu-prof-dir=/tmp/hanare-prof"] : [])],
);
stack.defer(async () => {
  hanareProcess.disconnect();
  await once(hanareProcess, "exit");
});
await once(hanareProcess, "message");
hanareProcess.setMaxListeners(0);
let records = 0;
hanareProcess.on("message", (message: { type: string; decisions?: unknown[] }) => {
  records += message.decisions?.length ?? 0;
});
const plans = [policyFor(origin.port, "a"), policyFor(origin.port, "b")] as const;
const configure = (policy: CompiledPolicy) =>
  processes.configureHanare(hanareProcess, policy, [dns.address]);
await configure(plans[0]);

const target = (proxyPort: number): Target => ({ proxyPort, host, originPort: origin.port });
const hanare: Contender = {
  name: "hanare",
  pid: hanareProcess.pid ?? 0,
  target: target(hanarePort),
};
const peer: Contender = { name: "squid", pid: squid.pid, target: target(squidPort) };
/** The origin itself understands the same requests: the floor under both. */
const direct = target(origin.port);

async function measure(contender: Contender, order: Task): Promise<Measured> {
  const before = processes.cpuSeconds(contender.pid);
  const figures = await processes.ask(client, { ...order, target: contender.target });
  const after = processes.cpuSeconds(contender.pid);
  const cpu = after.total - before.total;
  return {
    figures,
    perCpuSecond: figures.done / Math.max(cpu, 0.01),
    perSecond: (figures.done * 1000) / figures.ms,
    cpuShare: (cpu * 1000) / figures.ms,
    kernelShare: ((after.kernel - before.kernel) * 1000) / figures.ms,
  };
}

const samples = new Map<string, number[]>();
function note(name: string, value: number): void {
  const known = samples.get(name);
  if (known) known.push(value);
  else samples.set(name, [value]);
}
const median = (name: string) => quantile(samples.get(name) ?? [], 0.5);
let failed = 0;

/** A compiler that works while the program runs is done late on a busy machine: both get the same start. */
function longer(order: Task): Task {
  return "ms" in order ? { ...order, ms: order.ms * 3 } : order;
}

async function turn(kind: string, order: Task, round: number): Promise<void> {
  const inTurn = round % 2 === 0 ? [peer, hanare] : [hanare, peer];
  for (const contender of inTurn) {
    const measured = await measure(contender, round === 0 ? longer(order) : order);
    if (contender === hanare) failed += measured.figures.failed;
    // The first round warms both and is dropped.
    if (round === 0) continue;
    const unit = kind === "bulk" ? 1 / 1e9 : 1;
    note(`${contender.name}_${kind}_per_cpu_s`, measured.perCpuSecond * unit);
    note(`${contender.name}_${kind}_per_s`, measured.perSecond * unit);
    process.stderr.write(
      `${round}/${rounds} ${kind.padEnd(9)} ${contender.name.padEnd(7)} ${(measured.perSecond * unit).toFixed(2)}/s  ${(measured.perCpuSecond * unit).toFixed(2)}/cpu·s  cpu ${measured.cpuShare.toFixed(2)}, kernel ${measured.kernelShare.toFixed(2)}  failed ${measured.figures.failed}\n`,
    );
  }
  if (round > 0) {
    const last = (name: string) => samples.get(name)?.at(-1) ?? Number.NaN;
    note(`${kind}_ratio`, last(`hanare_${kind}_per_cpu_s`) / last(`squid_${kind}_per_cpu_s`));
  }
}

for (let round = 0; round <= rounds; round++) {
  if (wanted.has("requests")) await turn("requests", { kind: "requests", connections, ms }, round);
  if (wanted.has("tunnels")) await turn("tunnels", { kind: "tunnels", connections, ms }, round);
  if (wanted.has("bulk")) await turn("bulk", { kind: "bulk", megabytes: bulkMegabytes }, round);
}

if (wanted.has("paced")) await paced();
async function paced(): Promise<void> {
  const rates: number[] = [];
  for (const each of [hanare, peer])
    rates.push((await measure(each, { kind: "requests", connections, ms })).perSecond);
  const perSecond = Math.round(Math.min(...rates) / 2);
  const order = { kind: "paced", connections: 64, perSecond, ms } as const;
  note("half_load_per_s", perSecond);
  for (let round = 0; round <= rounds; round++) {
    const floor = await processes.ask(client, { ...order, target: direct });
    const p99: Record<string, number> = {};
    for (const each of round % 2 === 0 ? [peer, hanare] : [hanare, peer]) {
      const { figures } = await measure(each, order);
      if (each === hanare) failed += figures.failed;
      p99[each.name] = quantile(figures.latencies, 0.99);
      if (round > 0) note(`${each.name}_p50_ms`, quantile(figures.latencies, 0.5));
    }
    if (round === 0) continue;
    const base = quantile(floor.latencies, 0.99);
    note("direct_p99_ms", base);
    note("hanare_p99_ms", p99["hanare"] ?? Number.NaN);
    note("squid_p99_ms", p99["squid"] ?? Number.NaN);
    // Not more is added than by the peer exactly when the whole is not longer: the floor, which swings, drops out.
    note("p99_ratio", (p99["hanare"] ?? Number.NaN) / (p99["squid"] ?? Number.NaN));
    process.stderr.write(
      `${round}/${rounds} paced ${perSecond}/s  p99 direct ${base.toFixed(2)}  squid ${p99["squid"]?.toFixed(2)}  hanare ${p99["hanare"]?.toFixed(2)} ms\n`,
    );
  }
}

if (wanted.has("idle")) await idle();

/** A tunnel is two descriptors; where the machine allows fewer than 20,000, as many as fit, scaled up. */
async function idle(): Promise<void> {
  const files = processes.openFilesLimit(hanare.pid);
  const tunnels = Math.min(idleTunnels, Math.floor((files - 200) / 2));
  await processes.ask(client, { kind: "idle", tunnels, target: hanare.target });
  const residentMb = processes.residentMb(hanare.pid);
  const { done: alive } = await processes.ask(client, {
    kind: "close-idle",
    target: hanare.target,
  });
  process.stderr.write(`idle: ${alive} of ${tunnels} tunnels alive, ${residentMb.toFixed(0)} MB\n`);
  note("hanare_idle_held", alive);
  note("hanare_idle_resident_mb", residentMb);
  // A tunnel that did not hold would make the figure look better than it is.
  if (alive === tunnels) note("hanare_idle_mb", (residentMb * idleTunnels) / tunnels);
}

/** Requests run and tunnels stand while the policy is replaced again and again. */
async function reload(): Promise<number> {
  const standing = 200;
  await processes.ask(client, { kind: "idle", tunnels: standing, target: hanare.target });
  let swaps = 0;
  const until = performance.now() + ms;
  const swapping = (async () => {
    while (performance.now() < until) {
      await configure(plans[swaps % 2 === 0 ? 1 : 0]);
      swaps += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const { figures } = await measure(hanare, { kind: "requests", connections, ms });
  await swapping;
  const alive = await processes.ask(client, { kind: "close-idle", target: hanare.target });
  note("reloads", swaps);
  return figures.failed + (standing - alive.done);
}
const dropped = wanted.has("reload") ? await reload() : null;

/**
 * Requests and tunnels in turns for a bounded time; what the process holds in the last quarter beyond what it
 * held in the second one, when everything that is kept on purpose was there already.
 */
async function soak(): Promise<number> {
  const slices = 16;
  const sliceMs = (Number(values["soak-seconds"]) * 1000) / (slices * 2);
  const held: number[] = [];
  for (let slice = 0; slice < slices; slice++) {
    for (const kind of ["requests", "tunnels"] as const) {
      const { figures } = await measure(hanare, { kind, connections, ms: sliceMs });
      failed += figures.failed;
    }
    held.push(processes.residentMb(hanare.pid));
  }
  const quarter = (index: number) =>
    quantile(held.slice(index * (slices / 4), (index + 1) * (slices / 4)), 0.5);
  process.stderr.write(`soak: ${held.map((mb) => mb.toFixed(0)).join(" ")} MB\n`);
  note("soak_resident_mb", quarter(3));
  return quarter(3) - quarter(1);
}
const grown = wanted.has("soak") ? await soak() : null;

const ratio = (name: string) => (samples.has(name) ? median(name) : null);
const unmeasured = "left out by --only, or not all of it held";
const bar = (id: string, value: number | null, limit: number, cmp: Bar["cmp"]): Bar => ({
  id,
  value,
  bar: limit,
  cmp,
  ...(value === null && { why: unmeasured }),
});
printResult(
  {
    bench: "proxy",
    runs: rounds,
    peer: { name: "squid", version: squid.version },
    figures: {
      ...Object.fromEntries([...samples.keys()].map((name) => [name, median(name)])),
      failed,
      records,
    },
    bars: [
      bar("rps_ratio", ratio("requests_ratio"), 1, ">="),
      bar("tunnels_ratio", ratio("tunnels_ratio"), 1, ">="),
      bar("p99_ratio", ratio("p99_ratio"), 1, "<="),
      bar("bulk_ratio", ratio("bulk_ratio"), 1, ">="),
      bar("idle_10k_mb", ratio("hanare_idle_mb"), 400, "<="),
      bar("reload_dropped", dropped, 0, "<="),
      bar("soak_growth_mb", grown, 32, "<="),
    ],
  },
  values.json === true,
);

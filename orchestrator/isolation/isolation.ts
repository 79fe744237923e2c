/**
 * Shows how well this host isolates: facts of kernel and engine, and a probe container held to the same
 * proof as every session. Decides nothing about sessions; each of them is proven by itself.
 */
import { type Bilingual, both } from "../base/bilingual.ts";
import { deadline } from "../base/deadline.ts";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import { readKernelView } from "../engine/kernel-view.ts";
import { readSettings } from "../engine/user-namespaces.ts";
import { verifiedFlags } from "../engine/verify-applied.ts";
import { probeName, type ProbeParts, type ProbeStage, runProbe } from "../sessions/probe.ts";
import { judgeHost } from "./judge-host.ts";
import type { IsolationReport, IsolationRow, IsolationService } from "./types.ts";

export interface RunningIsolation extends IsolationService {
  /** Throws HOST_ISOLATION when this host cannot isolate: nothing may be started then. */
  assertHost(): Promise<void>;
}

type Probe = NonNullable<IsolationReport["probe"]>;

export function createIsolation(parts: ProbeParts): RunningIsolation {
  let latest: Probe | null = null;
  let running: Promise<Probe> | undefined;

  const host = async (): Promise<IsolationRow[]> =>
    judgeHost({
      engine: await parts.engine.facts(),
      userNamespaces: await readSettings(),
      runtime: parts.limits.runtime,
    });

  return {
    async assertHost() {
      const bad = (await host()).find(({ level }) => level === "fail");
      if (bad) throw new AppError("HOST_ISOLATION", { what: bad.id, found: bad.found.en });
      // What a killed orchestrator may have left of a probe.
      await parts.engine.remove(probeName(parts.installation));
    },
    async read() {
      return { host: await host(), probe: latest };
    },
    async probe() {
      running ??= probeOnce(parts).finally(() => (running = undefined));
      latest = await running;
      return { host: await host(), probe: latest };
    },
  };
}

/** The probe as rows; a stage that was not reached is a stage that failed. */
export async function probeOnce(parts: ProbeParts): Promise<Probe> {
  const startedAt = performance.now();
  const until = deadline(parts.limits.startSeconds * 1000, "isolation probe");
  const seen: Evidence = {};
  let failure: unknown;
  try {
    await runProbe(parts, (stage, firstPid) => gather(seen, stage, firstPid, startedAt), until);
  } catch (error) {
    failure = error;
    parts.log.warn({
      event: "isolation-probe",
      outcome: "failure",
      reason: describeError(error),
    });
  }
  return {
    at: new Date().toISOString(),
    durationMs: Math.round(performance.now() - startedAt),
    rows: probeRows(seen, failure),
  };
}

/** What each stage showed, in the kernel's own words. */
interface Evidence {
  start?: Bilingual;
  applied?: Bilingual;
  kernel?: Bilingual;
  sandbox?: Bilingual;
}

/** The kernel's word is taken when the browser is ready; whether it was good enough, the last stage says. */
function gather(seen: Evidence, stage: ProbeStage, firstPid: number, startedAt: number): void {
  switch (stage) {
    case "applied":
      seen.applied = both(`${verifiedFlags.length}: ${verifiedFlags.join(", ")}`);
      return;
    case "start": {
      seen.start = both(`${Math.round(performance.now() - startedAt)} ms`);
      const { first, interfaces, limits } = readKernelView(firstPid);
      const said = ["CapEff", "CapBnd", "NoNewPrivs", "Seccomp"].map(
        (name) => `${name} ${first.status.get(name) ?? "?"}`,
      );
      const who = `${isGvisor(firstPid) ? "sentry: " : ""}${said.join(", ")}`;
      const [memory, pids] = [limits.memoryBytes ?? "?", limits.pids ?? "?"];
      const nets = interfaces.join(" ");
      seen.kernel = {
        ja: `${who}、インターフェース ${nets}、メモリ ${memory}、プロセス ${pids}`,
        en: `${who}, interfaces ${nets}, memory ${memory}, pids ${pids}`,
      };
      return;
    }
    case "kernel": {
      if (isGvisor(firstPid)) {
        seen.sandbox = {
          ja: "gVisor 自身のカーネルの報告による（ホストからは見えません）",
          en: "as gVisor's own kernel says; not visible from the host",
        };
        return;
      }
      const renderers = readKernelView(firstPid).processes.filter((each) =>
        each.commandLine.includes("--type=renderer"),
      );
      const filters = renderers.map((each) => each.status.get("Seccomp_filters") ?? "?");
      const [count, filter] = [renderers.length, filters.join(" ")];
      seen.sandbox = {
        ja: `描画プロセス ${count}、user・pid・net 名前空間、seccomp フィルター ${filter}`,
        en: `renderers ${count}; user, pid, net namespaces; seccomp filters ${filter}`,
      };
    }
  }
}

/** The sentry stands in the host's process list, and what runs in it does not. */
const isGvisor = (firstPid: number): boolean =>
  readKernelView(firstPid).first.commandLine.startsWith("runsc-sandbox ");

/** A stage that was not reached is a stage that failed, and says why. */
function probeRows(seen: Evidence, failure: unknown): IsolationRow[] {
  const reason = reasonOf(failure);
  const ofBrowser = /^(renderer|chromium)/.test(reason.en);
  const row = (id: IsolationRow["id"], found: Bilingual | undefined): IsolationRow =>
    found === undefined ? { id, level: "fail", found: reason } : { id, level: "ok", found };
  return [
    row("probe-start", seen.start),
    row("probe-applied", seen.applied),
    row("probe-kernel", seen.sandbox !== undefined || ofBrowser ? seen.kernel : undefined),
    row("probe-sandbox", seen.sandbox),
  ];
}

function reasonOf(failure: unknown): Bilingual {
  if (failure === undefined) return both("");
  if (!isAppError(failure, "ISOLATION_WEAKER")) return both(describeError(failure).slice(0, 300));
  const { flag, wanted, found } = failure.context;
  const [what, is, ought] = [String(flag), String(found), String(wanted)];
  return { ja: `${what}: ${is}（正しくは ${ought}）`, en: `${what}: ${is}, not ${ought}` };
}

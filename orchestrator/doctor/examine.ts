/**
 * Looks at everything Hanare needs from this machine. Changes nothing; one probe container is started, looked at
 * and removed. The one list behind `hanare doctor` and the console's health page.
 */
import { join } from "node:path";
import { checkClock } from "../../setup/checks/clock.ts";
import { checkDisk } from "../../setup/checks/disk.ts";
import { fail, type Finding, ok } from "../../setup/checks/finding.ts";
import { checkMemory } from "../../setup/checks/memory.ts";
import { checkRedirectCa } from "../../setup/checks/redirect-ca.ts";
import { dataNeedBytes } from "../../setup/checks/sizes.ts";
import { checkUserNamespaces } from "../../setup/checks/user-namespaces.ts";
import type { EngineApi } from "../../setup/engine/api.ts";
import { findEngine } from "../../setup/engine/find-engine.ts";
import { engineSocket } from "../config/engine-socket.ts";
import type { Config } from "../config/schema.ts";
import { checkEngine, checkEngineDisk, checkImages, checkSeccomp } from "./engine-checks.ts";
import { forwardFinding } from "./forward-finding.ts";
import {
  checkCertificate,
  checkConfig,
  checkLimits,
  checkPortal,
  checkTerminals,
} from "./installation-checks.ts";
import { isolationRows } from "./isolation-rows.ts";
import { noticesFinding } from "./notices-finding.ts";
import { sharedFoldersFinding } from "./shared-folders-finding.ts";
import { signaturesFinding } from "./signatures-finding.ts";
import { type Row, row } from "./row.ts";
import type { HealthCheckId, HealthProgress, Running } from "./types.ts";

export interface Patient {
  readonly dataDir: string;
  readonly running: Running;
}

interface Step {
  readonly id: HealthCheckId;
  readonly look: () => Promise<readonly Row[]>;
}

/** @param watch told before each check which one it is */
export async function examine(
  patient: Patient,
  watch: (progress: HealthProgress) => void,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const { row: configRow, config } = await checkConfig(patient.dataDir);
  let engine: EngineApi | undefined;
  const engineRow = await row("engine", async () => {
    const socket = engineSocket(config?.engine.socket);
    engine = await findEngine(socket, signal);
    return checkEngine(socket, engine, signal);
  });
  const steps = stepsFor(patient, { configRow, config, engineRow, engine }, signal);
  const rows: Row[] = [];
  for (const [done, { id, look }] of steps.entries()) {
    signal.throwIfAborted();
    watch({ now: id, done, of: steps.length });
    rows.push(...(await look()));
  }
  return rows;
}

interface Known {
  readonly configRow: Row;
  readonly config: Config | undefined;
  readonly engineRow: Row;
  readonly engine: EngineApi | undefined;
}

function stepsFor(
  { dataDir, running }: Patient,
  { configRow, config, engineRow, engine }: Known,
  signal: AbortSignal,
): Step[] {
  const one = (id: HealthCheckId, check: () => Finding | Promise<Finding>): Step => ({
    id,
    look: async () => [await row(id, async () => check())],
  });
  const known = (found: Row): Step => one(found.id, () => found.finding);
  const forward = config?.audit.forward;
  return [
    one("root", checkRoot),
    known(engineRow),
    ...(engine === undefined
      ? []
      : [
          one("seccomp", () => checkSeccomp(engine, signal)),
          one("disk-engine", () => checkEngineDisk(engine, signal)),
          one("images", () => checkImages(engine, dataDir, signal)),
        ]),
    one("user-namespaces", checkUserNamespaces),
    ...(engine === undefined || config === undefined
      ? []
      : [{ id: "isolation" as const, look: () => isolationRows(dataDir, config, running) }]),
    one("memory", checkMemory),
    one("disk-data", () => checkDisk(dataDir, dataNeedBytes, "DISK_FULL_DATA")),
    known(configRow),
    ...(config === undefined ? [] : [one("port", () => checkPortal(dataDir, config, running))]),
    one("clock", () => checkClock(true)),
    one("certificate", () => checkCertificate(dataDir)),
    one("proxy-limits", () => checkLimits(running)),
    one("signatures", () => signaturesFinding(dataDir, Date.now())),
    ...(config === undefined || config.files.sharedFolders.length === 0
      ? []
      : [one("shared-folders", () => sharedFoldersFinding(config.files.sharedFolders))]),
    ...(forward === undefined
      ? []
      : [
          one("audit-forward", () =>
            forwardFinding(join(dataDir, "hanare.db"), forward, Date.now()),
          ),
        ]),
    ...(config?.notifications.mail || config?.notifications.webhook
      ? [one("notices", () => noticesFinding(join(dataDir, "hanare.db"), Date.now()))]
      : []),
    ...(config?.terminals.enabled === true ? [one("terminals", () => checkTerminals(config))] : []),
    ...(config?.terminals.redirectMode === "mint"
      ? [one("redirect-ca", () => checkRedirectCa(join(dataDir, "keys"), Date.now()))]
      : []),
  ];
}

function checkRoot(): Finding {
  const uid = process.getuid?.();
  return uid === 0 ? ok("root") : fail(`uid ${uid ?? "?"}`, "NOT_ROOT");
}

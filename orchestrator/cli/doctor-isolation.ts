/**
 * The doctor's rows about isolation. A running orchestrator is asked to make the probe; otherwise it is
 * made here, in a run directory of its own. Either way the container is gone afterwards.
 */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail, ok, type Finding } from "../../setup/checks/finding.ts";
import type { ProblemCode } from "../../setup/problems.ts";
import { createLog } from "../base/log.ts";
import { engineSocket } from "../config/engine-socket.ts";
import { loadInstallation } from "../config/installation.ts";
import { makePaths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import { createEngineClient } from "../engine/client.ts";
import { isolationReport } from "../http/overview-contract.ts";
import { createIsolation } from "../isolation/isolation.ts";
import type { IsolationReport, IsolationRow, IsolationRowId } from "../isolation/types.ts";
import { adminCall } from "./admin-client.ts";

/** Rows that the doctor has anyway, from the set-up's own checks. */
const told: readonly IsolationRowId[] = ["engine", "seccomp", "user-namespaces"];

export async function isolationRows(
  dataDir: string,
  config: Config,
): Promise<readonly { readonly id: string; readonly finding: Finding }[]> {
  const { host, probe } = await readReport(dataDir, config);
  return [...host, ...(probe?.rows ?? [])]
    .filter(({ id }) => !told.includes(id))
    .map((row) => ({ id: row.id, finding: toFinding(row) }));
}

async function readReport(dataDir: string, config: Config): Promise<IsolationReport> {
  const { id: installation, images } = await loadInstallation(dataDir);
  const paths = makePaths(dataDir, installation);
  const answer = await adminCall(paths.adminSocket, "POST", "/api/admin/isolation");
  if (answer !== undefined) return isolationReport.parse(answer);
  const run = join(dirname(paths.run), `doctor-${process.pid}`);
  try {
    return await createIsolation({
      installation,
      engine: createEngineClient(installation, engineSocket(config.engine.socket)),
      limits: config.sessions,
      image: images.browser,
      run,
      proxyUid: config.proxy.uid,
      log: createLog("silent"),
    }).probe();
  } finally {
    await rm(run, { recursive: true, force: true });
  }
}

function problemOf(id: IsolationRowId): ProblemCode {
  if (id === "apparmor") return "USER_NAMESPACES_APPARMOR";
  return id === "runtime" ? "RUNTIME_MISSING" : "ISOLATION_WEAK";
}

function toFinding({ id, level, found }: IsolationRow): Finding {
  switch (level) {
    case "ok":
      return ok(found);
    case "fail":
      return fail(found, problemOf(id), { what: found });
  }
}

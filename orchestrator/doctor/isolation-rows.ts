/**
 * The doctor's rows about isolation. A running orchestrator is asked to make the probe; otherwise it is
 * made here, in a run directory of its own. Either way the container is gone afterwards.
 */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail, ok, type Finding } from "../../setup/checks/finding.ts";
import type { ProblemCode } from "../../setup/problems.ts";
import { describeError } from "../base/errors.ts";
import { createLog } from "../base/log.ts";
import { engineSocket } from "../config/engine-socket.ts";
import { loadInstallation } from "../config/installation.ts";
import { makePaths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import { createEngineClient } from "../engine/client.ts";
import { createIsolation } from "../isolation/isolation.ts";
import type { IsolationReport, IsolationRow, IsolationRowId } from "../isolation/types.ts";
import type { Row } from "./row.ts";
import type { Running } from "./types.ts";

/** Rows that the doctor has anyway, from the set-up's own checks. */
const told: readonly IsolationRowId[] = ["engine", "seccomp", "user-namespaces"];

/** Rows of the host's isolation and of a probe container; one row when they cannot be had. */
export async function isolationRows(
  dataDir: string,
  config: Config,
  running: Running,
): Promise<readonly Row[]> {
  try {
    const { host, probe } = (await running.probe()) ?? (await probeHere(dataDir, config));
    return [...host, ...(probe?.rows ?? [])]
      .filter(({ id }) => !told.includes(id))
      .map((row) => ({ id: row.id, finding: toFinding(row) }));
  } catch (error) {
    const what = describeError(error);
    return [{ id: "isolation", finding: fail(what, "ISOLATION_WEAK", { what }) }];
  }
}

async function probeHere(dataDir: string, config: Config): Promise<IsolationReport> {
  const { id: installation, images } = await loadInstallation(dataDir);
  const run = join(dirname(makePaths(dataDir, installation).run), `doctor-${process.pid}`);
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

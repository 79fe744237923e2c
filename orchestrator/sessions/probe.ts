/**
 * A session container that nobody will use: made, started and looked at exactly as one that somebody
 * will, then removed with all that belongs to it. It has no way out: nobody listens behind its egress.
 */
import { mkdir, chmod } from "node:fs/promises";
import { join } from "node:path";
import type { InstallationId } from "../base/ids.ts";
import { newSessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { removeTree } from "../base/remove-tree.ts";
import type { Config } from "../config/schema.ts";
import type { ContainerSpec, EngineClient } from "../engine/client.ts";
import { makeLabels } from "../engine/labels.ts";
import { makeSessionDirectory, sessionDirectory } from "./directory.ts";
import { SessionLink } from "./link.ts";
import { sessionContainerSpec } from "./spec.ts";
import { verifyApplied, verifyKernel } from "./verify-isolation.ts";

export interface ProbeParts {
  readonly installation: InstallationId;
  readonly engine: EngineClient;
  readonly limits: Config["sessions"];
  readonly image: string;
  /** The run directory of the installation; the probe has a folder of its own in it. */
  readonly run: string;
  readonly proxyUid: number;
  readonly log: Log;
}

/** In the order in which they are passed. */
export type ProbeStage = "applied" | "start" | "kernel";

/** One probe at a time has this name; what a killed process left under it is removed first. */
export function probeName(installation: InstallationId): string {
  return `hanare-${installation}-probe`;
}

/** Calls `passed` after each stage, then removes everything. Throws the error of the stage that failed. */
export async function runProbe(
  parts: ProbeParts,
  passed: (stage: ProbeStage, firstPid: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { engine, installation, limits } = parts;
  const root = join(parts.run, "probe");
  // Below the first session's, so that no session ever shares it.
  const uid = limits.firstUid - 1;
  const id = newSessionId();
  const directory = sessionDirectory(root, id);
  const spec: ContainerSpec = {
    ...sessionContainerSpec({ ...parts, id, uid, directory: directory.path }),
    name: probeName(installation),
    Labels: makeLabels(installation, "probe"),
  };
  await using undo = new AsyncDisposableStack();
  undo.defer(() => removeTree(root));
  await mkdir(root, { recursive: true });
  await chmod(root, 0o711);
  await makeSessionDirectory(directory, { gid: uid, proxyUid: parts.proxyUid }, "{}");
  const link = undo.use(await SessionLink.listen(directory.controlSocket, parts.log));
  undo.defer(() => engine.remove(spec.name));
  await engine.remove(spec.name);
  await engine.create(spec, signal);
  await engine.start(spec.name, signal);
  const firstPid = await verifyApplied(engine, spec);
  passed("applied", firstPid);
  await link.ready(signal);
  passed("start", firstPid);
  await verifyKernel(engine, firstPid, spec, signal);
  passed("kernel", firstPid);
}

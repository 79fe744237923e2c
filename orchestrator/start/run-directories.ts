/** The directories under the run directory and the caches, each open to whom it must be. */
import { chmod, chown, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";

/** Others may walk through to their own sockets and see nothing on the way. */
export async function makeRunDirectories(paths: Paths, config: Config): Promise<void> {
  const passage = 0o711;
  for (const path of [dirname(paths.run), paths.run, paths.sessionsRun]) {
    await mkdir(path, { recursive: true });
    await chmod(path, passage);
  }
  // Walked through by the proxies to their own socket in it.
  await mkdir(paths.signerRun, { recursive: true });
  await chmod(paths.signerRun, passage);
  const practice = dirname(paths.practiceSocket);
  await mkdir(practice, { recursive: true });
  // Written by the practice site, entered by the proxy, closed to session containers' uids.
  await chown(practice, config.practice.uid, config.proxy.uid);
  await chmod(practice, 0o2750);
  await mkdir(paths.listSnapshots, { recursive: true });
  await chmod(dirname(paths.listSnapshots), passage);
  // Written here; both planes' processes, each under its own uid, open snapshots by their names.
  await chmod(paths.listSnapshots, passage);
  await mkdir(paths.quarantine, { recursive: true, mode: 0o700 });
}

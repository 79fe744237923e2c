/** Updates of the virus signatures, tied to the egress proxy, the engine and the scanner. */
import type { DatabaseSync } from "node:sqlite";
import { chmod, chown, copyFile, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CompiledPolicy } from "../../policies/compiled.ts";
import type { AuditLog } from "../audit/events.ts";
import { deadline } from "../base/deadline.ts";
import { AppError } from "../base/errors.ts";
import type { InstallationId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../config/paths.ts";
import type { Config } from "../config/schema.ts";
import type { RunningFileDesk } from "../downloads/desk/desk.ts";
import { openFeedDoor } from "../egress/feeds/feed-door.ts";
import { readParentSecrets } from "../egress/parent-secrets.ts";
import type { EngineClient } from "../engine/client.ts";
import { checkSet } from "../signatures/check-set.ts";
import { fetchSet } from "../signatures/fetch-set.ts";
import { freshclamConf, targetOf } from "../signatures/freshclam-conf.ts";
import { guardSets } from "../signatures/guard-set.ts";
import type { Fetched } from "../signatures/read-fetched.ts";
import type { SignatureStore } from "../signatures/signature-store.ts";
import { programUid } from "../signatures/run-program.ts";
import { SignatureUpdater } from "../signatures/updater.ts";

const doorMs = 30_000;
const loadMs = 600_000;

export interface SignatureParts {
  readonly config: Pick<Config, "proxy" | "signatures">;
  readonly paths: Pick<Paths, "run" | "secrets">;
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly engine: EngineClient;
  readonly installation: InstallationId;
  /** The scanner's image. */
  readonly image: string;
  readonly store: SignatureStore;
  readonly files: Pick<RunningFileDesk, "scannerStatus">;
  readonly policy: () => CompiledPolicy | undefined;
  readonly now: () => number;
}

export function startSignatures(
  stack: AsyncDisposableStack,
  parts: SignatureParts,
): SignatureUpdater {
  const { config, database, audit, log, engine, installation, image, store, files, now } = parts;
  stack.use(
    guardSets({
      ...{ store, audit, log, loadMs },
      scanner: async () => {
        const { available, databases } = await files.scannerStatus();
        return available ? databases : undefined;
      },
    }),
  );
  return stack.use(
    new SignatureUpdater({
      ...{ settings: config.signatures, store, database, log, now, random: Math.random },
      fetch: (into, signal) => fetchThroughDoor(parts, into, signal),
      check: (dir) => checkSet({ engine, installation, image }, dir),
    }),
  );
}

/** The way out lives for one look and leads to the mirror alone, under the policy's guards. */
async function fetchThroughDoor(
  parts: SignatureParts,
  into: string,
  signal: AbortSignal,
): Promise<Fetched> {
  const { config, paths, log, engine, installation, image, store } = parts;
  const { signatures, proxy } = config;
  const policy = parts.policy();
  if (policy === undefined)
    throw new AppError("SIGNATURES_REFUSED", { detail: "no policy is in force" });
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(paths.run, "signatures-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const { caFile, via, minutes } = signatures;
  if (caFile !== undefined) {
    await copyFile(caFile, join(folder, "ca.pem"));
    await chmod(join(folder, "ca.pem"), 0o644);
  }
  // The proxy makes its socket there, with the group of the container that uses it.
  if (process.getuid?.() === 0) await chown(folder, proxy.uid, programUid);
  await chmod(folder, 0o2755);
  stack.use(
    await openFeedDoor(
      {
        ...{ log, policy, uid: proxy.uid, dnsServers: proxy.dnsServers },
        secrets: await readParentSecrets(paths.secrets, policy, log),
        target: { name: "signatures", ...targetOf(signatures), via },
        socketPath: join(folder, "door.sock"),
      },
      deadline(doorMs, "signature door", signal),
    ),
  );
  const conf = freshclamConf(signatures);
  const current = await store.current();
  const args = { engine, installation, image, doorFolder: folder, conf, current, minutes };
  return await fetchSet(args, into, signal);
}

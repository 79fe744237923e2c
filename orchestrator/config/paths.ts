/**
 * Where an installation keeps its things. Pure. `data` survives restarts, `run` holds sockets and
 * session directories; its path is short because a unix socket's path may have 107 bytes at most.
 */
import { join } from "node:path";
import type { InstallationId } from "../base/ids.ts";

export interface Paths {
  readonly data: string;
  readonly config: string;
  readonly database: string;
  /** What searches of the audit log need; everything there can be made again. */
  readonly auditIndex: string;
  readonly quarantine: string;
  /** Files that wait for an approval, or for who asked for one; beside the quarantine, on the same disk. */
  readonly keptFiles: string;
  readonly keys: string;
  /** Passwords of parent proxies, each alone in a file. */
  readonly secrets: string;
  readonly policyDir: string;
  /** Kept versions of the policy. */
  readonly policyHistory: string;
  /** Fetched lists that wait for a person. */
  readonly feeds: string;
  /** Recorded decisions, for replays. */
  readonly decisions: string;
  readonly webDist: string;
  readonly run: string;
  readonly sessionsRun: string;
  readonly adminSocket: string;
  readonly scanSocketDir: string;
  /** Imported virus signatures. */
  readonly signatures: string;
  readonly practiceSocket: string;
  readonly signerRun: string;
  /** Where each proxy has certificates for refused https hosts signed. */
  readonly signerSockets: { readonly session: string; readonly terminal: string };
  /** Which process the running proxy is. */
  readonly proxyToken: string;
  /** Snapshots of big lists, read by the proxy; everything there can be made again. */
  readonly listSnapshots: string;
}

export function makePaths(
  dataDir: string,
  installation: InstallationId,
  runRoot = "/run/hanare",
): Paths {
  const run = join(runRoot, installation);
  return {
    data: dataDir,
    config: join(dataDir, "hanare.yaml"),
    database: join(dataDir, "hanare.db"),
    auditIndex: join(dataDir, "audit-index"),
    quarantine: join(dataDir, "quarantine"),
    keptFiles: join(dataDir, "kept-files"),
    keys: join(dataDir, "keys"),
    secrets: join(dataDir, "secrets"),
    policyDir: join(dataDir, "policy"),
    policyHistory: join(dataDir, "policy-history"),
    feeds: join(dataDir, "feeds"),
    decisions: join(dataDir, "decisions"),
    webDist: join(dataDir, "web"),
    run,
    sessionsRun: join(run, "s"),
    adminSocket: join(run, "admin.sock"),
    scanSocketDir: join(run, "scan"),
    signatures: join(dataDir, "signatures"),
    signerRun: join(run, "signer"),
    signerSockets: {
      session: join(run, "signer", "session.sock"),
      terminal: join(run, "signer", "terminal.sock"),
    },
    practiceSocket: join(run, "practice", "http.sock"),
    proxyToken: join(run, "proxy.process"),
    // Hundreds of megabytes: not on /run, which is memory.
    listSnapshots:
      runRoot === "/run/hanare" ? join("/var/cache/hanare", installation) : join(run, "lists"),
  };
}

/**
 * The audit writer. Its checkpoints also go to the log: a copy outside the database. It asks for the groups
 * of whom it records once in a while, not once a record.
 */
import type { DatabaseSync } from "node:sqlite";
import { forwardedUpTo, forwardTarget } from "../audit/forward/position.ts";
import { loadSigningKey } from "../audit/keys.ts";
import { type AuditWriter, createAuditWriter } from "../audit/writer.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { retain, type RetainDeps } from "../audit/retain.ts";
import type { SignedRetention } from "../audit/retention.ts";
import type { Config } from "../config/schema.ts";
import type { Paths } from "../config/paths.ts";

/** How old a person's section may be. */
const sectionMs = 5_000;

export function startAudit(
  database: DatabaseSync,
  paths: Paths,
  log: Log,
  groupsOf: (userId: string) => readonly string[],
  settings: Config["audit"],
): AuditWriter {
  const sections = new Map<string, string | undefined>();
  let until = 0;
  const sectionOf = (userId: string) => {
    if (Date.now() > until) {
      sections.clear();
      until = Date.now() + sectionMs;
    }
    if (!sections.has(userId)) sections.set(userId, groupsOf(userId)[0]);
    return sections.get(userId);
  };
  const signingKey = loadSigningKey(paths.keys);
  const writer = createAuditWriter({
    ...{ database, sectionOf, signingKey, now: Date.now },
    dropQueryStrings: settings.queryStrings === "drop",
    onCheckpoint: (checkpoint) => log.info({ event: "audit-checkpoint", ...checkpoint }),
    onCheckpointFailure: (error) =>
      log.error({ event: "audit-checkpoint", outcome: "failure", reason: describeError(error) }),
  });
  const retention = startRetention(
    { database, audit: writer, signingKey, now: Date.now },
    settings,
    log,
  );
  return {
    ...writer,
    [Symbol.dispose]() {
      retention[Symbol.dispose]();
      writer[Symbol.dispose]();
    },
  };
}

/** Looks every hour: days end once, machines sleep. */
const retentionMs = 3_600_000;

function startRetention(deps: RetainDeps, settings: Config["audit"], log: Log): Disposable {
  const rule = settings.retention;
  if (!rule) return { [Symbol.dispose]: () => undefined };
  const { forward } = settings;
  const sending = forward && {
    sentUpTo: () => forwardedUpTo(deps.database, forwardTarget(forward)),
    onUnsent: (waiting: number) =>
      log.error({ event: "audit-retention", outcome: "failure", reason: "not-forwarded", waiting }),
  };
  const onRetention = (signed: SignedRetention) =>
    log.info({ event: "audit-retention", ...signed });
  let running = false;
  let ended = false;
  const run = async () => {
    if (running) return;
    running = true;
    try {
      await retain({ ...deps, ...sending, onRetention, isOver: () => ended }, rule);
    } catch (error) {
      // Disk full, or another process holds the file for long: the next round does what this one could not.
      log.error({ event: "audit-retention", outcome: "failure", reason: describeError(error) });
    }
    running = false;
  };
  void run();
  const timer = setInterval(() => void run(), retentionMs);
  timer.unref();
  return {
    [Symbol.dispose]() {
      ended = true;
      clearInterval(timer);
    },
  };
}

/** The audit writer, whose checkpoints also go to the log: a copy outside the database. */
import type { DatabaseSync } from "node:sqlite";
import { loadSigningKey } from "../audit/keys.ts";
import { type AuditWriter, createAuditWriter } from "../audit/writer.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../config/paths.ts";

export function startAudit(database: DatabaseSync, paths: Paths, log: Log): AuditWriter {
  return createAuditWriter({
    database,
    now: Date.now,
    signingKey: loadSigningKey(paths.keys),
    onCheckpoint: (checkpoint) => log.info({ event: "audit-checkpoint", ...checkpoint }),
    onCheckpointFailure: (error) =>
      log.error({ event: "audit-checkpoint", outcome: "failure", reason: describeError(error) }),
  });
}

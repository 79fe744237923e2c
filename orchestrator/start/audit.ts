/**
 * The audit writer. Its checkpoints also go to the log: a copy outside the database. It asks for the groups
 * of whom it records once in a while, not once a record.
 */
import type { DatabaseSync } from "node:sqlite";
import { loadSigningKey } from "../audit/keys.ts";
import { type AuditWriter, createAuditWriter } from "../audit/writer.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Paths } from "../config/paths.ts";

/** How old a person's section may be. */
const sectionMs = 5_000;

export function startAudit(
  database: DatabaseSync,
  paths: Paths,
  log: Log,
  groupsOf: (userId: string) => readonly string[],
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
  return createAuditWriter({
    database,
    sectionOf,
    now: Date.now,
    signingKey: loadSigningKey(paths.keys),
    onCheckpoint: (checkpoint) => log.info({ event: "audit-checkpoint", ...checkpoint }),
    onCheckpointFailure: (error) =>
      log.error({ event: "audit-checkpoint", outcome: "failure", reason: describeError(error) }),
  });
}

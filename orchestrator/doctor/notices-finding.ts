/** Whether notices reach the mail server and the webhook: none may wait for long. */
import { DatabaseSync } from "node:sqlite";
import { type Finding, ok, warn } from "../../setup/checks/finding.ts";
import { outboxBehind } from "../notices/outbox-behind.ts";

/** A server that is restarted is away for less. */
const longMs = 3_600_000;

export function noticesFinding(databaseFile: string, now: number): Finding {
  using database = new DatabaseSync(databaseFile, { readOnly: true });
  const { waiting, sinceMs } = outboxBehind(database);
  if (sinceMs === null) return ok("0");
  const since = new Date(sinceMs).toISOString();
  const detail = `${waiting} since ${since}`;
  return now - sinceMs < longMs
    ? ok(detail)
    : warn(detail, "NOTICES_WAIT", { count: waiting, since });
}

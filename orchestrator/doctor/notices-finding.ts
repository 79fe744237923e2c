/** Whether notices reach the mail server and the webhook: none may wait for long. */
import { DatabaseSync } from "node:sqlite";
import { type Finding, ok, warn } from "../../setup/checks/finding.ts";
import { outboxBehind } from "../notices/outbox-behind.ts";

/** A server that is restarted is away for less. */
const longMs = 3_600_000;

export function noticesFinding(databaseFile: string, now: number): Finding {
  using database = new DatabaseSync(databaseFile, { readOnly: true });
  const { waiting, sinceMs } = outboxBehind(database);
  if (sinceMs === null) return ok({ ja: "待ち 0 件", en: "none waits" });
  const since = new Date(sinceMs).toISOString();
  const detail = { ja: `${since} から ${waiting} 件待ち`, en: `${waiting} wait since ${since}` };
  return now - sinceMs < longMs
    ? ok(detail)
    : warn(detail, "NOTICES_WAIT", { count: waiting, since });
}

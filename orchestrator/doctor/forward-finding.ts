/** Whether audit records reach the site's syslog server: none may wait for long. */
import { DatabaseSync } from "node:sqlite";
import { type Finding, ok, warn } from "../../setup/checks/finding.ts";
import { forwardBehind } from "../audit/forward/behind.ts";
import { forwardTarget } from "../audit/forward/position.ts";

/** A server that is restarted is away for less; Hanare itself may be stopped for longer. */
const longMs = 10 * 60_000;

export function forwardFinding(
  databaseFile: string,
  { host, port }: { readonly host: string; readonly port: number },
  now: number,
): Finding {
  const target = forwardTarget({ host, port });
  const database = new DatabaseSync(databaseFile, { readOnly: true });
  try {
    const { waiting, since } = forwardBehind(database, target);
    if (since === null) return ok({ ja: `${target}: 待ち 0 件`, en: `${target}: none waits` });
    const detail = {
      ja: `${target}: ${since} から ${waiting} 件待ち`,
      en: `${target}: ${waiting} wait since ${since}`,
    };
    return now - Date.parse(since) < longMs
      ? ok(detail)
      : warn(detail, "AUDIT_FORWARD_BEHIND", { target, count: waiting, since });
  } finally {
    database.close();
  }
}

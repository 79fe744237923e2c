/** `hanare audit export`: the audit log, or what a filter finds in it, as CSV or JSON lines. */
import { createWriteStream } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { canonicalJson } from "../audit/chain.ts";
import { exportAudit, findIn } from "../audit/export.ts";
import { loadSigningKey } from "../audit/keys.ts";
import { queryAudit } from "../audit/query.ts";
import { createAuditWriter } from "../audit/writer.ts";
import { type AuditQuery, auditQuery } from "../http/contract.ts";
import { openDatabase } from "../store/database.ts";
import {
  commonOptions,
  exitCodes,
  installationFiles,
  noArguments,
  runCommand,
  UsageError,
} from "./command.ts";

const help = `hanare audit export [--out FILE]

Writes the audit log, newest first. CSV opens in Excel: UTF-8 with BOM, CRLF,
cells that could be formulas neutralised with a leading '.

  --out FILE        write here (mode 0600) instead of to standard output
  --json            one JSON object per line instead of CSV
  --lang ja|en      language of the CSV headings (default: ja)
  --from T --to T   time, 2026-04-01 or 2026-04-01T09:00:00+09:00; a bare date is
                    a day of this machine's time zone, as --to it is included
  --user NAME  --action ACTION  --outcome OUTCOME  --session ID  --q TEXT
  --data DIR        data directory of the installation (default: var)

The export is itself recorded. Exit codes: 0 written, 1 failed, 2 wrong usage.
`;

const text = { type: "string" } as const;
const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    out: text,
    lang: { type: "string", default: "ja" },
    from: text,
    to: text,
    user: text,
    action: text,
    outcome: text,
    session: text,
    q: text,
  },
} as const;

export function auditExport(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const { json, out, lang, data } = values;
    const { from, to, user, action, outcome, session, q } = values;
    const query = auditQuery.safeParse({ from, to, user, action, outcome, session, q });
    if (!query.success)
      throw new UsageError(`Not understood: --${String(query.error.issues[0]?.path[0])}`);
    if (lang !== "ja" && lang !== "en") throw new UsageError("--lang is ja or en.");
    const files = installationFiles(data);
    const database = openDatabase(files.database);
    try {
      using audit = createAuditWriter({
        database,
        now: Date.now,
        signingKey: loadSigningKey(files.keys),
      });
      const rows = json
        ? jsonLines(database, query.data)
        : exportAudit(findIn(database), query.data, lang);
      audit.write({
        action: "audit-export",
        outcome: "success",
        terminal: "local",
        target: canonicalJson(query.data),
        reason: "command-line",
      });
      if (out === undefined) await pipeline(rows, process.stdout, { end: false });
      else await pipeline(rows, createWriteStream(out, { mode: 0o600 }));
    } finally {
      database.close();
    }
    return exitCodes.done;
  });
}

/** Like the CSV: the query is judged and the first page read at once, the rest while it is written. */
function jsonLines(database: DatabaseSync, query: AuditQuery): Readable {
  const page = (before: object) => queryAudit(database, { ...query, limit: 500, ...before });
  const first = page({});
  function* lines(): Generator<string> {
    for (let each = first; ; each = page({ before: each.nextBefore })) {
      yield each.records.map((record) => `${JSON.stringify(record)}\n`).join("");
      if (each.nextBefore === null) return;
    }
  }
  return Readable.from(lines(), { objectMode: false });
}

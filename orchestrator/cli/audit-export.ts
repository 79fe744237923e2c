/** `hanare audit export`: the audit log, or what a filter finds in it, as CSV or JSON lines. */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { csvEncoding } from "../http/audit-contract.ts";
import { inEncoding } from "../audit/csv-encoding.ts";
import { canonicalJson } from "../audit/chain.ts";
import { toEcs } from "../audit/ecs.ts";
import { exportAudit, exportLines, findIn } from "../audit/export.ts";
import { loadSigningKey } from "../audit/keys.ts";
import { toAuditRecord } from "../audit/query.ts";
import { readHead } from "../audit/tables.ts";
import { createAuditWriter } from "../audit/writer.ts";
import { auditQuery } from "../http/contract.ts";
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
  --ecs             the same in the names of the Elastic Common Schema
  --encoding E      of CSV: utf-8 (with BOM, default) or cp932; a sign that cp932
                    lacks is written as 〓 with its number, as 〓(U+20BB7)
  --lang ja|en      language of the CSV headings (default: ja)
  --from T --to T   time, 2026-04-01 or 2026-04-01T09:00:00+09:00; a bare date is
                    a day of this machine's time zone, as --to it is included
  --user NAME  --section NAME  --action ACTION  --outcome OUTCOME
  --terminal ADDRESS  --host HOST  --file NAME  --session ID  --q WORDS
  --data DIR        data directory of the installation (default: var)

The export is itself recorded. Exit codes: 0 written, 1 failed, 2 wrong usage.
`;

const text = { type: "string" } as const;
const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    ecs: { type: "boolean", default: false },
    out: text,
    encoding: { type: "string", default: "utf-8" },
    lang: { type: "string", default: "ja" },
    from: text,
    to: text,
    user: text,
    action: text,
    outcome: text,
    session: text,
    section: text,
    terminal: text,
    host: text,
    file: text,
    q: text,
  },
} as const;

export function auditExport(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const { json, ecs, out, lang, data, encoding } = values;
    const { from, to, user, action, outcome, session, section, terminal, host, file, q } = values;
    const query = auditQuery.safeParse({
      ...{ from, to, user, action, outcome, session, section, terminal, host, file, q },
    });
    if (!query.success)
      throw new UsageError(`Not understood: --${String(query.error.issues[0]?.path[0])}`);
    const known = csvEncoding.safeParse(encoding);
    if (!known.success) throw new UsageError("--encoding is utf-8 or cp932.");
    if (lang !== "ja" && lang !== "en") throw new UsageError("--lang is ja or en.");
    const files = installationFiles(data);
    const database = openDatabase(files.database);
    try {
      using audit = createAuditWriter({
        database,
        now: Date.now,
        signingKey: loadSigningKey(files.keys),
      });
      // The record of this export is not in it.
      const { seq } = readHead(database);
      const rows =
        json || ecs
          ? exportLines(findIn(database), query.data, ecs ? toEcs : toAuditRecord, seq)
          : inEncoding(exportAudit(findIn(database), query.data, lang, seq), known.data);
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

/**
 * The thread that reads the audit log for people: keeps the index up to date, searches, counts. It has a
 * connection of its own that can only read, so that nothing of it slows or stops who writes.
 */
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { AppError } from "../../base/errors.ts";
import type { AuditQuery } from "../../http/contract.ts";
import { type Filter, readFilter } from "./filter.ts";
import { SearchIndex } from "./index.ts";
import { report } from "./report.ts";
import { search } from "./search.ts";
import type { Answer, Question, ThreadData } from "./reader.ts";

/** Records taken between two questions while the index catches up. */
const perTurn = 2_000;
/** A search waits for so many at most; what is newer than that is told as pending. */
const beforeSearch = 20_000;

const boundsRow = z.object({ oldest: z.number().nullable(), newest: z.number().nullable() });

const { path, folder } = workerData as ThreadData;
const database = new DatabaseSync(path, { readOnly: true });
database.exec("PRAGMA busy_timeout = 5000");
const index = new SearchIndex(folder, database);

function answer(question: Question): unknown {
  index.catchUp(beforeSearch);
  const { oldest, newest } = bounds();
  index.forget(oldest - 1);
  const pending = Math.max(0, newest - index.indexedUpTo);
  const filterOf = (query: AuditQuery): Filter => {
    const filter = readFilter(query);
    return { ...filter, after: Math.max(filter.after, oldest - 1) };
  };
  switch (question.kind) {
    case "search": {
      const filter = filterOf(question.query);
      return { ...search(index, database, filter, question.limit), pending };
    }
    case "report": {
      const { query, ...asked } = question.asked;
      return { ...report(index, database, { ...asked, filter: filterOf(query) }), pending };
    }
  }
}

/** What retention has left, and what was written. */
function bounds(): { readonly oldest: number; readonly newest: number } {
  // Each by itself, so that SQLite looks at the ends of the table only.
  const sql =
    "SELECT (SELECT min(seq) FROM audit_records) AS oldest, (SELECT max(seq) FROM audit_records) AS newest";
  const { oldest, newest } = boundsRow.parse(database.prepare(sql).get());
  return { oldest: oldest ?? 1, newest: newest ?? 0 };
}

parentPort?.on("message", ({ id, question }: { id: number; question: Question }) => {
  let said: Answer;
  try {
    said = { id, ok: true, value: answer(question) };
  } catch (error) {
    said =
      error instanceof AppError
        ? { id, ok: false, code: error.code, context: error.context }
        : { id, ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(said);
});

// What was written while nobody looked, in turns that let questions in between.
while (index.catchUp(perTurn) === perTurn) await nextTurn();

/**
 * Requests in the database. Which change of state is legal is decided here, by the statement that makes it:
 * only an open request without an approval under way is decided, withdrawn or expires. `intent` is what an
 * approval is about to publish: written before, cleared after, and found by the next start when neither came.
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { planes } from "../../policies/compiled.ts";
import { AppError } from "../base/errors.ts";
import { newRequestId, type RequestId, type UserId } from "../base/ids.ts";
import { inTransaction, migrate } from "../store/database.ts";
import {
  type AccessRequest,
  type RequestQuery,
  type RequestState,
  requestStates,
} from "./types.ts";

export const requestSteps = [
  `CREATE TABLE access_requests (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     state TEXT NOT NULL,
     user_id TEXT NOT NULL, user_name TEXT NOT NULL, groups TEXT NOT NULL, terminal TEXT,
     plane TEXT NOT NULL, via TEXT NOT NULL, scheme TEXT NOT NULL,
     host TEXT NOT NULL, port INTEGER NOT NULL, path TEXT,
     refusal_id TEXT NOT NULL, rule TEXT NOT NULL, rule_name TEXT, list TEXT, line INTEGER, owner TEXT,
     reason TEXT NOT NULL, asked_ms INTEGER NOT NULL,
     decided_ms INTEGER, decided_by TEXT, answer TEXT NOT NULL DEFAULT '',
     additions TEXT NOT NULL DEFAULT '[]', expires TEXT, version INTEGER,
     intent TEXT
   ) STRICT`,
  // The same person asks for the same thing once at a time.
  `CREATE UNIQUE INDEX access_requests_open ON access_requests (user_id, plane, host, port)
     WHERE state = 'open'`,
  "CREATE INDEX access_requests_user ON access_requests (user_id, seq)",
];

const additions = z.array(z.object({ list: z.string(), entry: z.string() }));
const row = z.object({
  seq: z.int(),
  id: z.string(),
  state: z.enum(requestStates),
  user_id: z.string(),
  user_name: z.string(),
  groups: z.string(),
  terminal: z.string().nullable(),
  plane: z.enum(planes),
  via: z.enum(["connect", "http"]),
  scheme: z.enum(["http", "https", "ws", "unknown"]),
  host: z.string(),
  port: z.int(),
  path: z.string().nullable(),
  refusal_id: z.string(),
  rule: z.string(),
  rule_name: z.string().nullable(),
  list: z.string().nullable(),
  line: z.int().nullable(),
  owner: z.string().nullable(),
  reason: z.string(),
  asked_ms: z.int(),
  decided_ms: z.int().nullable(),
  decided_by: z.string().nullable(),
  answer: z.string(),
  additions: z.string(),
  expires: z.string().nullable(),
  version: z.int().nullable(),
});

/** What an approval sets out to do. */
export const intentShape = z.object({
  by: z.object({ id: z.string(), name: z.string() }),
  base: z.int(),
  additions,
  expires: z.string(),
  answer: z.string(),
});
export type Intent = z.infer<typeof intentShape>;

export type NewRequest = Omit<
  AccessRequest,
  | "id"
  | "seq"
  | "state"
  | "askedAt"
  | "decidedAt"
  | "decidedBy"
  | "answer"
  | "additions"
  | "expires"
  | "version"
>;

export interface Closing {
  readonly state: Exclude<RequestState, "open">;
  readonly by: string | null;
  readonly answer?: string;
  readonly additions?: AccessRequest["additions"];
  readonly expires?: string;
  readonly version?: number | null;
}

export class RequestStore {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  constructor(database: DatabaseSync, now: () => number) {
    migrate(database, "requests", requestSteps);
    this.#database = database;
    this.#now = now;
  }

  /** `record` writes to the audit log; a throw there leaves no request. */
  add(request: NewRequest, record: (added: AccessRequest) => void): AccessRequest {
    return inTransaction(this.#database, () => {
      const id = newRequestId();
      this.#database
        .prepare(
          `INSERT INTO access_requests
             (id, state, user_id, user_name, groups, terminal, plane, via, scheme, host, port, path,
              refusal_id, rule, rule_name, list, line, owner, reason, asked_ms)
           VALUES (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          id,
          request.userId,
          request.userName,
          JSON.stringify(request.groups),
          request.terminal,
          request.plane,
          request.via,
          request.scheme,
          request.host,
          request.port,
          request.path,
          request.refusalId,
          request.rule,
          request.ruleName,
          request.list,
          request.line,
          request.owner,
          request.reason,
          this.#now(),
        );
      const added = this.get(id);
      record(added);
      return added;
    });
  }

  find(id: string): AccessRequest | undefined {
    return this.#all("WHERE id = ?", id)[0];
  }

  /** Throws NOT_FOUND. */
  get(id: string): AccessRequest {
    const found = this.find(id);
    if (!found) throw new AppError("NOT_FOUND", { what: "request" });
    return found;
  }

  /** Newest first. */
  of(userId: UserId, limit: number): AccessRequest[] {
    return this.#all("WHERE user_id = ? ORDER BY seq DESC LIMIT ?", userId, limit);
  }

  /** The person's newest for the same place. */
  latest(userId: UserId, plane: string, host: string, port: number): AccessRequest | undefined {
    return this.#all(
      "WHERE user_id = ? AND plane = ? AND host = ? AND port = ? ORDER BY seq DESC LIMIT 1",
      userId,
      plane,
      host,
      port,
    )[0];
  }

  countOf(userId: UserId, what: "open" | { readonly sinceMs: number }): number {
    return what === "open"
      ? this.#count("user_id = ? AND state = 'open'", userId)
      : this.#count("user_id = ? AND asked_ms >= ?", userId, what.sinceMs);
  }

  openCount(): number {
    return this.#count("state = 'open'");
  }

  search({ state, q, before, limit }: RequestQuery): AccessRequest[] {
    const like = `%${(q ?? "").replaceAll(/[\\%_]/g, "\\$&")}%`;
    const words = ["host", "user_name", "reason", "rule", "id"]
      .map((column) => `${column} LIKE ? ESCAPE '\\'`)
      .join(" OR ");
    return this.#all(
      `WHERE seq < ? AND (? IS NULL OR state = ?) AND (${words}) ORDER BY seq DESC LIMIT ?`,
      before ?? Number.MAX_SAFE_INTEGER,
      state ?? null,
      state ?? null,
      ...[like, like, like, like, like],
      limit,
    );
  }

  /** Open ones asked before this moment, without an approval under way. */
  olderThan(ms: number): AccessRequest[] {
    return this.#all("WHERE state = 'open' AND intent IS NULL AND asked_ms < ? LIMIT 1000", ms);
  }

  /** From here until `close` or `abandon` somebody is approving it. Throws ILLEGAL_TRANSITION. */
  intend(id: RequestId, intent: Intent, record: () => void): void {
    inTransaction(this.#database, () => {
      const { changes } = this.#database
        .prepare(
          "UPDATE access_requests SET intent = ? WHERE id = ? AND state = 'open' AND intent IS NULL",
        )
        .run(JSON.stringify(intent), id);
      if (changes !== 1) throw notOpen(id);
      record();
    });
  }

  abandon(id: RequestId, record: () => void): void {
    inTransaction(this.#database, () => {
      this.#database.prepare("UPDATE access_requests SET intent = NULL WHERE id = ?").run(id);
      record();
    });
  }

  /** @param intended whether an approval closes it, which must then be the one under way. Throws ILLEGAL_TRANSITION. */
  close(
    id: RequestId,
    closing: Closing,
    record: (closed: AccessRequest) => void,
    intended = false,
  ): AccessRequest {
    return inTransaction(this.#database, () => {
      const { changes } = this.#database
        .prepare(
          `UPDATE access_requests SET state = ?, decided_ms = ?, decided_by = ?, answer = ?,
             additions = ?, expires = ?, version = ?, intent = NULL
           WHERE id = ? AND state = 'open' AND intent IS ${intended ? "NOT NULL" : "NULL"}`,
        )
        .run(
          closing.state,
          this.#now(),
          closing.by,
          closing.answer ?? "",
          JSON.stringify(closing.additions ?? []),
          closing.expires ?? null,
          closing.version ?? null,
          id,
        );
      if (changes !== 1) throw notOpen(id);
      const closed = this.get(id);
      record(closed);
      return closed;
    });
  }

  /** Approvals that neither came to an end nor were abandoned. */
  intended(): { readonly request: AccessRequest; readonly intent: Intent }[] {
    return this.#database
      .prepare("SELECT * FROM access_requests WHERE intent IS NOT NULL")
      .all()
      .map((found) => {
        const { intent } = z.object({ intent: z.string() }).parse(found);
        return { request: toRequest(found), intent: intentShape.parse(JSON.parse(intent)) };
      });
  }

  /** Removes what was closed before this moment. */
  forget(ms: number): void {
    this.#database
      .prepare("DELETE FROM access_requests WHERE state <> 'open' AND decided_ms < ?")
      .run(ms);
  }

  #all(rest: string, ...values: SQLInputValue[]): AccessRequest[] {
    return this.#database
      .prepare(`SELECT * FROM access_requests ${rest}`)
      .all(...values)
      .map(toRequest);
  }

  #count(where: string, ...values: SQLInputValue[]): number {
    const found = this.#database
      .prepare(`SELECT count(*) AS n FROM access_requests WHERE ${where}`)
      .get(...values);
    return z.object({ n: z.int() }).parse(found).n;
  }
}

const notOpen = (id: RequestId) =>
  new AppError("ILLEGAL_TRANSITION", { request: id, reason: "not open" });

function toRequest(found: unknown): AccessRequest {
  const read = row.parse(found);
  return {
    id: read.id as RequestId,
    seq: read.seq,
    state: read.state,
    userId: read.user_id as UserId,
    userName: read.user_name,
    groups: z.array(z.string()).parse(JSON.parse(read.groups)),
    terminal: read.terminal,
    plane: read.plane,
    via: read.via,
    scheme: read.scheme,
    host: read.host,
    port: read.port,
    path: read.path,
    refusalId: read.refusal_id,
    rule: read.rule,
    ruleName: read.rule_name,
    list: read.list,
    line: read.line,
    owner: read.owner,
    reason: read.reason,
    askedAt: read.asked_ms,
    decidedAt: read.decided_ms,
    decidedBy: read.decided_by,
    answer: read.answer,
    additions: additions.parse(JSON.parse(read.additions)),
    expires: read.expires,
    version: read.version,
  };
}

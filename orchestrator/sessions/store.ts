/**
 * Session records: intent is written here before anything is made. Every change of state is a
 * compare-and-set against the state the caller believes in.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import type { SessionId, UserId } from "../base/ids.ts";
import { inTransaction, migrate } from "../store/database.ts";
import { assertMayFollow } from "./lifecycle.ts";
import {
  type EndReason,
  endReasons,
  type Person,
  type SessionState,
  type SessionView,
  sessionStates,
} from "./types.ts";

export const sessionTableSteps = [
  `CREATE TABLE sessions (
     id TEXT PRIMARY KEY,
     state TEXT NOT NULL,
     uid INTEGER NOT NULL,
     warm INTEGER NOT NULL,
     owner_id TEXT, owner_name TEXT, terminal TEXT,
     created_at TEXT NOT NULL, claimed_at TEXT, expires_at TEXT, ended_at TEXT,
     end_reason TEXT
   ) STRICT`,
  "CREATE INDEX sessions_by_state ON sessions (state)",
  // What a later process must know to take a running session over.
  "ALTER TABLE sessions ADD COLUMN owner_groups TEXT NOT NULL DEFAULT '[]'",
  "ALTER TABLE sessions ADD COLUMN idle_minutes REAL",
  // Whether it counts against the places kept for administrators.
  "ALTER TABLE sessions ADD COLUMN administrator INTEGER NOT NULL DEFAULT 0",
];

const row = z.object({
  id: z.string(),
  state: z.enum(sessionStates),
  uid: z.int(),
  warm: z.int(),
  owner_id: z.string().nullable(),
  owner_name: z.string().nullable(),
  terminal: z.string().nullable(),
  created_at: z.string(),
  claimed_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  end_reason: z.enum(endReasons).nullable(),
  owner_groups: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  idle_minutes: z.number().nullable(),
  administrator: z.int(),
});

export interface SessionRecord extends SessionView {
  readonly uid: number;
  /** Of the owner, as they were at the claim. */
  readonly ownerGroups: readonly string[];
  /** The owner was an administrator at the claim. */
  readonly administrator: boolean;
}

export interface Claim {
  readonly person: Person;
  readonly terminal: string;
  readonly expiresAt: Date;
  readonly idleMinutes: number;
}

export class SessionStore {
  readonly #database: DatabaseSync;
  readonly #now: () => Date;

  constructor(database: DatabaseSync, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#now = now;
    migrate(database, "sessions", sessionTableSteps);
  }

  /**
   * Writes the intent to create, with the lowest uid from `firstUid` that no living session has.
   * Throws CAPACITY when `maxTotal` sessions live already.
   */
  begin(
    id: SessionId,
    options: { warm: boolean; firstUid: number; maxTotal: number },
  ): SessionRecord {
    return inTransaction(this.#database, () => {
      const living = this.live();
      if (living.length >= options.maxTotal)
        throw new AppError("CAPACITY", { maxTotal: options.maxTotal });
      const taken = new Set(living.map((each) => each.uid));
      let uid = options.firstUid;
      while (taken.has(uid)) uid += 1;
      this.#database
        .prepare(
          "INSERT INTO sessions (id, state, uid, warm, created_at) VALUES (?, 'creating', ?, ?, ?)",
        )
        .run(id, uid, options.warm ? 1 : 0, this.#now().toISOString());
      return this.get(id);
    });
  }

  find(id: SessionId): SessionRecord | undefined {
    const found = this.#database.prepare("SELECT * FROM sessions WHERE id = ?").get(id);
    return found === undefined ? undefined : toRecord(found);
  }

  /** Throws NOT_FOUND. */
  get(id: SessionId): SessionRecord {
    const found = this.find(id);
    if (!found) throw new AppError("NOT_FOUND", { session: id });
    return found;
  }

  live(): SessionRecord[] {
    return this.#database
      .prepare("SELECT * FROM sessions WHERE state <> 'deleted' ORDER BY created_at")
      .all()
      .map(toRecord);
  }

  markReady(id: SessionId): void {
    this.#change(id, "creating", "ready");
  }

  /** Binds a ready session to a person; false when somebody else was faster. */
  claim(id: SessionId, { person, terminal, expiresAt, idleMinutes }: Claim): boolean {
    const changed = this.#database
      .prepare(
        `UPDATE sessions SET state = 'active', owner_id = ?, owner_name = ?, owner_groups = ?, terminal = ?,
           claimed_at = ?, expires_at = ?, idle_minutes = ?, administrator = ?
         WHERE id = ? AND state = 'ready'`,
      )
      .run(
        person.id,
        person.name,
        JSON.stringify(person.groups),
        terminal,
        this.#now().toISOString(),
        expiresAt.toISOString(),
        idleMinutes,
        person.administrator === true ? 1 : 0,
        id,
      );
    return changed.changes === 1;
  }

  /**
   * False when nothing of it is left to close. The reason of the first is kept. A record that is in `closing`
   * already is taken up again: the caller sees to it that it closes one session once at a time.
   */
  beginClosing(id: SessionId, reason: EndReason): boolean {
    const changed = this.#database
      .prepare(
        `UPDATE sessions SET state = 'closing', end_reason = coalesce(end_reason, ?)
         WHERE id = ? AND state <> 'deleted'`,
      )
      .run(reason, id);
    return changed.changes === 1;
  }

  /** Whatever a copy of these tables calls alive is none of this machine's: the next start closes it. */
  abandonAll(): void {
    this.#database.exec(
      `UPDATE sessions SET state = 'closing', end_reason = coalesce(end_reason, 'unknown')
       WHERE state <> 'deleted'`,
    );
  }

  /** A change of state and its audit record are kept or lost together. */
  atomically<T>(work: () => T): T {
    return inTransaction(this.#database, work);
  }

  markDeleted(id: SessionId): void {
    this.#change(id, "closing", "deleted", ", ended_at = :at");
  }

  markStuck(id: SessionId): void {
    this.#change(id, "closing", "stuck");
  }

  #change(id: SessionId, from: SessionState, to: SessionState, more = ""): void {
    assertMayFollow(from, to);
    const changed = this.#database
      .prepare(`UPDATE sessions SET state = :to${more} WHERE id = :id AND state = :from`)
      .run({ id, from, to, ...(more === "" ? {} : { at: this.#now().toISOString() }) });
    if (changed.changes !== 1) {
      throw new AppError("ILLEGAL_TRANSITION", {
        session: id,
        from: this.find(id)?.state ?? "unknown",
        to,
      });
    }
  }
}

function toRecord(raw: unknown): SessionRecord {
  const each = row.parse(raw);
  return {
    id: each.id as SessionId,
    state: each.state,
    uid: each.uid,
    warm: each.warm === 1,
    ownerId: each.owner_id as UserId | null,
    ownerName: each.owner_name,
    terminal: each.terminal,
    createdAt: each.created_at,
    claimedAt: each.claimed_at,
    expiresAt: each.expires_at,
    endReason: each.end_reason,
    ownerGroups: each.owner_groups,
    idleMinutes: each.idle_minutes,
    administrator: each.administrator === 1,
  };
}

/**
 * Sign-in tickets: what a cookie stands for. The database holds the SHA-256 of a 256-bit random token, so
 * that a stolen database signs nobody in; a plain hash is enough because the token is not guessable.
 */
import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { UserId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";

export const ticketSteps = [
  `CREATE TABLE tickets (
     id TEXT PRIMARY KEY,
     user_id TEXT NOT NULL,
     created_ms INTEGER NOT NULL,
     expires_ms INTEGER NOT NULL
   ) STRICT`,
  "CREATE INDEX tickets_by_user ON tickets (user_id)",
  // Tickets from before know neither; their owners prove themselves anew where it is asked for.
  "ALTER TABLE tickets ADD COLUMN terminal TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE tickets ADD COLUMN browser TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE tickets ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE tickets ADD COLUMN proven_ms INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE tickets ADD COLUMN factor INTEGER NOT NULL DEFAULT 0",
];

const row = z
  .object({
    id: z.string(),
    user_id: z.string(),
    created_ms: z.number(),
    expires_ms: z.number(),
    terminal: z.string(),
    browser: z.string(),
    seen_ms: z.number(),
    proven_ms: z.number(),
    factor: z.number(),
  })
  .transform(
    (found): Ticket => ({
      ticketId: found.id,
      userId: found.user_id as UserId,
      createdMs: found.created_ms,
      expiresMs: found.expires_ms,
      terminal: found.terminal,
      browser: found.browser,
      seenMs: Math.max(found.seen_ms, found.created_ms),
      provenMs: found.proven_ms,
      factorProven: found.factor !== 0,
    }),
  );

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
/** How exact "last seen" is: every request would be a write otherwise. */
const seenEveryMs = 60_000;
/** Of what the browser says of itself. */
const browserLength = 256;

export interface Ticket {
  readonly ticketId: string;
  readonly userId: UserId;
  readonly createdMs: number;
  readonly expiresMs: number;
  /** Where the sign-in came from. */
  readonly terminal: string;
  /** User-Agent as it was sent; text from outside. */
  readonly browser: string;
  readonly seenMs: number;
  /** When the person last proved who they are. */
  readonly provenMs: number;
  readonly factorProven: boolean;
}

export interface TicketFacts {
  readonly terminal: string;
  readonly browser: string;
  readonly factorProven: boolean;
}

export class Tickets {
  readonly #database: DatabaseSync;
  readonly #lifetimeMs: number;
  readonly #now: () => number;
  readonly #onRevoked: (ticketIds: readonly string[]) => void;

  /** `onRevoked` hears of tickets that ended before their time. */
  constructor(
    database: DatabaseSync,
    lifetimeMs: number,
    now: () => number,
    onRevoked: (ticketIds: readonly string[]) => void = () => undefined,
  ) {
    migrate(database, "tickets", ticketSteps);
    this.#database = database;
    this.#lifetimeMs = lifetimeMs;
    this.#now = now;
    this.#onRevoked = onRevoked;
  }

  /** Returns the token for the cookie; it is not kept. Tickets that ran out are removed on the way. */
  issue(userId: UserId, facts: TicketFacts, lifetimeMs = this.#lifetimeMs): string {
    const token = randomBytes(32).toString("base64url");
    const now = this.#now();
    this.#database.prepare("DELETE FROM tickets WHERE expires_ms <= ?").run(now);
    this.#database
      .prepare(
        `INSERT INTO tickets (id, user_id, created_ms, expires_ms, terminal, browser, seen_ms, proven_ms, factor)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[ticketIdOf(token), userId, now, now + Math.min(lifetimeMs, this.#lifetimeMs)],
        ...[facts.terminal, facts.browser.slice(0, browserLength)],
        ...[now, now, facts.factorProven ? 1 : 0],
      );
    return token;
  }

  find(untrustedToken: string): Ticket | undefined {
    return tokenPattern.test(untrustedToken) ? this.byId(ticketIdOf(untrustedToken)) : undefined;
  }

  byId(ticketId: string): Ticket | undefined {
    const found = this.#database.prepare("SELECT * FROM tickets WHERE id = ?").get(ticketId);
    if (found === undefined) return undefined;
    const ticket = row.parse(found);
    return ticket.expiresMs > this.#now() ? ticket : undefined;
  }

  /** Those that are good, newest first. */
  of(userId: UserId): readonly Ticket[] {
    return this.#database
      .prepare(
        `SELECT * FROM tickets WHERE user_id = ? AND expires_ms > ?
         ORDER BY created_ms DESC, rowid DESC`,
      )
      .all(userId, this.#now())
      .map((each) => row.parse(each));
  }

  /** Notes that the ticket was used. */
  seen({ ticketId, seenMs }: Ticket): void {
    const now = this.#now();
    if (now - seenMs < seenEveryMs) return;
    this.#database.prepare("UPDATE tickets SET seen_ms = ? WHERE id = ?").run(now, ticketId);
  }

  /** The person proved again who they are. */
  proven(ticketId: string): void {
    this.#database
      .prepare("UPDATE tickets SET proven_ms = ? WHERE id = ?")
      .run(this.#now(), ticketId);
  }

  /** A factor was proved, or set up, with this ticket. */
  factorProven(ticketId: string): void {
    this.#database.prepare("UPDATE tickets SET factor = 1 WHERE id = ?").run(ticketId);
    this.proven(ticketId);
  }

  revoke(ticketId: string): void {
    this.#database.prepare("DELETE FROM tickets WHERE id = ?").run(ticketId);
    this.#onRevoked([ticketId]);
  }

  /** Nobody is signed in any more. */
  revokeAll(): void {
    this.#database.exec("DELETE FROM tickets");
  }

  /** How many there were. */
  revokeAllOf(userId: UserId, exceptTicketId = ""): number {
    const gone = this.#database
      .prepare("DELETE FROM tickets WHERE user_id = ? AND id <> ? RETURNING id")
      .all(userId, exceptTicketId)
      .map((each) => z.string().parse(each["id"]));
    this.#onRevoked(gone);
    return gone.length;
  }
}

function ticketIdOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/**
 * Sign-in tickets: what a cookie stands for. The database holds the SHA-256 of a 256-bit random token, so
 * that a stolen database signs nobody in; a plain hash is enough because the token is not guessable.
 */
import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { UserId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";

const steps = [
  `CREATE TABLE tickets (
     id TEXT PRIMARY KEY,
     user_id TEXT NOT NULL,
     created_ms INTEGER NOT NULL,
     expires_ms INTEGER NOT NULL
   ) STRICT`,
  "CREATE INDEX tickets_by_user ON tickets (user_id)",
];

const row = z.object({ user_id: z.string(), expires_ms: z.number() });
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

export class Tickets {
  readonly #database: DatabaseSync;
  readonly #lifetimeMs: number;
  readonly #now: () => number;

  constructor(database: DatabaseSync, lifetimeMs: number, now: () => number) {
    migrate(database, "tickets", steps);
    this.#database = database;
    this.#lifetimeMs = lifetimeMs;
    this.#now = now;
  }

  /** Returns the token for the cookie; it is not kept. Tickets that ran out are removed on the way. */
  issue(userId: UserId): string {
    const token = randomBytes(32).toString("base64url");
    const now = this.#now();
    this.#database.prepare("DELETE FROM tickets WHERE expires_ms <= ?").run(now);
    this.#database
      .prepare("INSERT INTO tickets VALUES (?, ?, ?, ?)")
      .run(ticketIdOf(token), userId, now, now + this.#lifetimeMs);
    return token;
  }

  find(untrustedToken: string): { readonly userId: UserId; readonly ticketId: string } | undefined {
    if (!tokenPattern.test(untrustedToken)) return undefined;
    const ticketId = ticketIdOf(untrustedToken);
    const found = this.#database
      .prepare("SELECT user_id, expires_ms FROM tickets WHERE id = ?")
      .get(ticketId);
    if (found === undefined) return undefined;
    const ticket = row.parse(found);
    if (ticket.expires_ms <= this.#now()) return undefined;
    return { userId: ticket.user_id as UserId, ticketId };
  }

  revoke(ticketId: string): void {
    this.#database.prepare("DELETE FROM tickets WHERE id = ?").run(ticketId);
  }

  revokeAllOf(userId: UserId): void {
    this.#database.prepare("DELETE FROM tickets WHERE user_id = ?").run(userId);
  }
}

function ticketIdOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

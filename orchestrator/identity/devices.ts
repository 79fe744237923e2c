/**
 * Browsers in which somebody has signed in before. The browser holds a random token in a cookie of its own,
 * this table its SHA-256 together with the accounts it is known for. It opens nothing: it only keeps the
 * failures of strangers away from whoever has it (guard.ts).
 */
import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { UserId } from "../base/ids.ts";
import { inTransaction, migrate } from "../store/database.ts";

export const deviceSteps = [
  `CREATE TABLE known_devices (
     device TEXT NOT NULL,
     user_id TEXT NOT NULL,
     used_ms INTEGER NOT NULL,
     PRIMARY KEY (device, user_id)
   ) STRICT`,
];

/** Unused for so long, a browser is a stranger again. */
export const deviceDays = 180;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

export class Devices {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  constructor(database: DatabaseSync, now: () => number) {
    migrate(database, "known-devices", deviceSteps);
    this.#database = database;
    this.#now = now;
  }

  /** The device's name inside when this browser is known for the account. */
  known(untrustedToken: string | undefined, userId: UserId): string | undefined {
    if (untrustedToken === undefined || !tokenPattern.test(untrustedToken)) return undefined;
    const device = hashOf(untrustedToken);
    const found = this.#database
      .prepare("SELECT 1 FROM known_devices WHERE device = ? AND user_id = ? AND used_ms > ?")
      .get(device, userId, this.#oldest());
    return found === undefined ? undefined : device;
  }

  /** The token for the browser: its own, or a new one where it has none that is known for anybody. */
  remember(untrustedToken: string | undefined, userId: UserId): string {
    const now = this.#now();
    return inTransactionOf(this.#database, () => {
      this.#database.prepare("DELETE FROM known_devices WHERE used_ms <= ?").run(this.#oldest());
      const token = this.#isOurs(untrustedToken) ? untrustedToken : newToken();
      this.#database
        .prepare(
          `INSERT INTO known_devices VALUES (?, ?, ?)
           ON CONFLICT (device, user_id) DO UPDATE SET used_ms = excluded.used_ms`,
        )
        .run(hashOf(token), userId, now);
      return token;
    });
  }

  forgetAllOf(userId: UserId): void {
    this.#database.prepare("DELETE FROM known_devices WHERE user_id = ?").run(userId);
  }

  /** A token that we never gave is not taken over: somebody else may know it. */
  #isOurs(untrustedToken: string | undefined): untrustedToken is string {
    if (untrustedToken === undefined || !tokenPattern.test(untrustedToken)) return false;
    const found = this.#database
      .prepare("SELECT 1 FROM known_devices WHERE device = ?")
      .get(hashOf(untrustedToken));
    return found !== undefined;
  }

  #oldest(): number {
    return this.#now() - deviceDays * 86_400_000;
  }
}

function inTransactionOf<T>(database: DatabaseSync, work: () => T): T {
  return database.isTransaction ? work() : inTransaction(database, work);
}

function newToken(): string {
  return randomBytes(32).toString("base64url");
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/**
 * The table of local accounts and nothing else: no hashing, no rules. Rows pass a schema on the way out,
 * so that a damaged row is an error and never an account.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import type { UserId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";
import { type Account, type AccountFacts, roles } from "./types.ts";

export const accountSteps = [
  `CREATE TABLE accounts (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     display_name TEXT NOT NULL,
     roles TEXT NOT NULL,
     groups TEXT NOT NULL,
     password_hash TEXT NOT NULL,
     must_change_password INTEGER NOT NULL,
     created_at TEXT NOT NULL,
     last_sign_in_at TEXT
   ) STRICT`,
  // Null: as long as it takes, for passwords handed over before there was an end to them.
  "ALTER TABLE accounts ADD COLUMN one_time_until_ms INTEGER",
  "ALTER TABLE accounts ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0",
];

const row = z
  .object({
    id: z.string(),
    name: z.string(),
    display_name: z.string(),
    roles: z.string().transform((text) => z.array(z.enum(roles)).parse(JSON.parse(text))),
    groups: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
    password_hash: z.string(),
    must_change_password: z.number(),
    created_at: z.string(),
    last_sign_in_at: z.string().nullable(),
    one_time_until_ms: z.number().nullable(),
    disabled: z.number(),
  })
  .transform(
    (found): StoredAccount => ({
      user: {
        id: found.id as UserId,
        name: found.name,
        displayName: found.display_name,
        roles: found.roles,
        groups: found.groups,
        mustChangePassword: found.must_change_password !== 0,
        disabled: found.disabled !== 0,
        createdAt: found.created_at,
        lastSignInAt: found.last_sign_in_at,
      },
      passwordHash: found.password_hash,
      oneTimeUntilMs: found.must_change_password === 0 ? null : found.one_time_until_ms,
    }),
  );

export interface StoredAccount {
  readonly user: Account;
  readonly passwordHash: string;
  /** When a one-time password is good no more; null: never, or it is not a one-time password. */
  readonly oneTimeUntilMs: number | null;
}

export class Accounts {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "accounts", accountSteps);
    this.#database = database;
  }

  count(): number {
    return z
      .object({ n: z.number() })
      .parse(this.#database.prepare("SELECT count(*) AS n FROM accounts").get()).n;
  }

  byName(name: string): StoredAccount | undefined {
    return this.#one("SELECT * FROM accounts WHERE name = ?", name);
  }

  byId(id: string): StoredAccount | undefined {
    return this.#one("SELECT * FROM accounts WHERE id = ?", id);
  }

  list(): readonly Account[] {
    const found = this.#database.prepare("SELECT * FROM accounts ORDER BY name").all();
    return found.map((each) => row.parse(each).user);
  }

  /** Throws USER_EXISTS when the name is taken. */
  insert({ user, passwordHash, oneTimeUntilMs }: StoredAccount): void {
    const done = this.#database
      .prepare(
        "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
      )
      .run(
        user.id,
        user.name,
        user.displayName,
        JSON.stringify(user.roles),
        JSON.stringify(user.groups),
        passwordHash,
        user.mustChangePassword ? 1 : 0,
        user.createdAt,
        user.lastSignInAt,
        oneTimeUntilMs,
        user.disabled ? 1 : 0,
      );
    if (done.changes !== 1) throw new AppError("USER_EXISTS", { name: user.name });
  }

  /**
   * False when the hash in force is no longer `from`: somebody else changed it meanwhile. `oneTimeUntilMs`
   * undefined: the person's own choice, which need not be changed.
   */
  replacePassword(id: UserId, from: string, to: string, oneTimeUntilMs?: number): boolean {
    const done = this.#database
      .prepare(
        `UPDATE accounts SET password_hash = ?, must_change_password = ?, one_time_until_ms = ?
         WHERE id = ? AND password_hash = ?`,
      )
      .run(to, oneTimeUntilMs === undefined ? 0 : 1, oneTimeUntilMs ?? null, id, from);
    return done.changes === 1;
  }

  update(id: UserId, { displayName, roles, groups, disabled }: AccountFacts): void {
    this.#database
      .prepare(
        "UPDATE accounts SET display_name = ?, roles = ?, groups = ?, disabled = ? WHERE id = ?",
      )
      .run(displayName, JSON.stringify(roles), JSON.stringify(groups), disabled ? 1 : 0, id);
  }

  remove(id: UserId): void {
    this.#database.prepare("DELETE FROM accounts WHERE id = ?").run(id);
  }

  signedIn(id: UserId, at: string): void {
    this.#database.prepare("UPDATE accounts SET last_sign_in_at = ? WHERE id = ?").run(at, id);
  }

  #one(sql: string, key: string): StoredAccount | undefined {
    const found = this.#database.prepare(sql).get(key);
    return found === undefined ? undefined : row.parse(found);
  }
}

/** Accounts and sign-ins of the first version of their tables, as an upgrade finds them. */
import type { DatabaseSync } from "node:sqlite";
import { beforeEach, expect, test } from "vitest";
import { cookieName } from "../../../orchestrator/identity/cookie.ts";
import { createIdentity, type Identity } from "../../../orchestrator/identity/identity.ts";
import { createPasswordHasher } from "../../../orchestrator/identity/password-hash.ts";
import { migrate, openDatabase } from "../../../orchestrator/store/database.ts";
import { identitySettings, quickHashing, sealKey } from "../../support/identity.ts";

const firstAccounts = [
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
];
const firstTickets = [
  `CREATE TABLE tickets (
     id TEXT PRIMARY KEY,
     user_id TEXT NOT NULL,
     created_ms INTEGER NOT NULL,
     expires_ms INTEGER NOT NULL
   ) STRICT`,
  "CREATE INDEX tickets_by_user ON tickets (user_id)",
];
// SHA-256 of 43 times "A", the token that the browser still has.
const token = "A".repeat(43);
const ticketId = "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a";

let now: number;
let database: DatabaseSync;
let identity: Identity;
beforeEach(async () => {
  now = Date.parse("2026-04-01T00:00:00Z");
  database = openDatabase(":memory:");
  migrate(database, "accounts", firstAccounts);
  migrate(database, "tickets", firstTickets);
  const hash = await createPasswordHasher(quickHashing).hash("handed over long ago");
  const insert = database.prepare("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.run("uold", "hanako", "花子", '["user"]', '["soumu"]', hash, 0, "2025-01-01", null);
  insert.run("unew", "taro", "太郎", '["user"]', "[]", hash, 1, "2025-01-01", null);
  database
    .prepare("INSERT INTO tickets VALUES (?, ?, ?, ?)")
    .run(ticketId, "uold", now - 1000, now + 3_600_000);
  const settings = identitySettings();
  identity = createIdentity({ database, settings, sealKey, now: () => now, hashing: quickHashing });
});

test("whoever was signed in still is, and proves themselves before what cannot be undone", () => {
  const caller = identity.authenticate(`${cookieName}=${token}`);
  expect(caller).toMatchObject({
    user: { name: "hanako", groups: ["soumu"], disabled: false },
    stage: "full",
    fresh: false,
  });
  expect(identity.signIns("uold" as never)).toMatchObject([{ terminal: "", browser: "" }]);
});

test("passwords are what they were, also one-time ones that had no end", async () => {
  now += 365 * 86_400_000;
  const signIn = (name: string) =>
    identity.signIn(name, "handed over long ago", { terminal: "10.0.0.1" });
  expect(await signIn("hanako")).toMatchObject({ outcome: "signed-in", stage: "full" });
  expect(await signIn("taro")).toMatchObject({ outcome: "signed-in", stage: "password" });
});

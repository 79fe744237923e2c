/** The account an empty installation starts with. */
import type { DatabaseSync } from "node:sqlite";
import type { AuditLog } from "../audit/events.ts";
import { Accounts } from "./accounts.ts";
import { createLocalProvider } from "./local.ts";
import { createPasswordHasher, type HashParameters } from "./password-hash.ts";

/** A machine may be set up long before it is put in its place. */
const firstHours = 30 * 24;

/**
 * Makes the account "admin" when there is no account at all, else undefined. The password is returned
 * once and kept nowhere; the first sign-in must change it.
 */
export async function createFirstAdministrator(
  database: DatabaseSync,
  audit: AuditLog,
  options: {
    readonly now?: () => number;
    readonly hashing?: HashParameters;
  } = {},
): Promise<{ readonly name: string; readonly oneTimePassword: string } | undefined> {
  const accounts = new Accounts(database);
  if (accounts.count() > 0) return undefined;
  const local = createLocalProvider(accounts, createPasswordHasher(options.hashing), {
    now: options.now ?? Date.now,
    oneTimeHours: firstHours,
  });
  const { user, oneTimePassword } = await local.create({
    name: "admin",
    displayName: "管理者",
    roles: ["system-admin", "user", "auditor", "list-admin"],
    groups: [],
  });
  audit.write({
    action: "user-create",
    outcome: "success",
    target: user.name,
    reason: "first-administrator",
    details: { roles: user.roles.join(" ") },
  });
  return { name: user.name, oneTimePassword };
}

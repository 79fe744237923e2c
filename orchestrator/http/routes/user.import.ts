/**
 * POST /api/admin/users/import: many new accounts from a table. Without `apply` it only says what would be made
 * and what is wrong; with it, all are made or, where anything is wrong, none. One-time passwords are in the
 * answer, this once.
 */
import { isAppError } from "../../base/errors.ts";
import type { Identity } from "../../identity/identity.ts";
import { type CsvUser, readUserTable } from "../../identity/user-csv.ts";
import { type ImportAnswer, importAnswer, importUsers } from "../user-import-contract.ts";
import type { CallerContext, Route } from "../route.ts";
import { validate } from "../validate.ts";

type Made = NonNullable<ImportAnswer["made"]>;

export const userImport: Route = {
  method: "POST",
  url: "/api/admin/users/import",
  summary: "Many new accounts from a table",
  takes: { body: importUsers },
  gives: importAnswer,
  scope: "users:write",
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  bodyBytes: 512 * 1024,
  async handle(context): Promise<ImportAnswer> {
    const { deps, request } = context;
    const { text, apply } = validate(importUsers, request.body, "body");
    const table = readUserTable(text);
    if (table.outcome === "unreadable") return { unreadable: table.reason, users: [], made: null };
    const users = withTaken(table.users, deps.identity);
    const isWhole = users.every(({ problem }) => problem === undefined);
    const made = apply && isWhole ? await makeAll(context, users) : null;
    return { unreadable: null, users: users.map(toRow), made };
  },
};

function withTaken(users: readonly CsvUser[], identity: Identity): readonly CsvUser[] {
  const taken = new Set(identity.list().map(({ name }) => name));
  return users.map((user) =>
    user.problem === undefined && taken.has(user.name) ? { ...user, problem: "name-taken" } : user,
  );
}

/** Somebody may take a name meanwhile: that one is left out, and its record says so. */
async function makeAll(
  { deps, caller, terminal }: CallerContext,
  users: readonly CsvUser[],
): Promise<Made> {
  const made: Made = [];
  for (const { name, displayName, roles, groups } of users) {
    const record = {
      action: "user-create",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: name,
    } as const;
    try {
      const { oneTimePassword } = await deps.identity.create({ name, displayName, roles, groups });
      const details = { roles: roles.join(" "), groups: groups.join(" ").slice(0, 4096) };
      deps.audit.write({ ...record, outcome: "success", reason: "import", details });
      made.push({ name, displayName, oneTimePassword });
    } catch (error) {
      if (!isAppError(error, "USER_EXISTS")) throw error;
      deps.audit.write({ ...record, outcome: "failure", reason: "name-taken" });
    }
  }
  return made;
}

function toRow({ line, name, displayName, roles, groups, problem }: CsvUser) {
  return {
    line,
    name,
    displayName,
    roles: [...roles],
    groups: [...groups],
    problem: problem ?? null,
  };
}

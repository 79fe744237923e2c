/** What the daily check of the audit log finds reaches those whom it concerns, by the wiring that the product starts with. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { firstCheckAfterMs } from "../../../orchestrator/audit/daily-check.ts";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import type { InstallationId, UserId } from "../../../orchestrator/base/ids.ts";
import { createLog } from "../../../orchestrator/base/log.ts";
import { makePaths } from "../../../orchestrator/config/paths.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import type { Account, Role } from "../../../orchestrator/identity/types.ts";
import { startNotices } from "../../../orchestrator/start/notices.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { overviewOf } from "../../support/overview.ts";

const account = (name: string, role: Role): Account => ({
  ...{ id: `u-${name}` as UserId, name, displayName: name, roles: [role], groups: [] },
  ...{ disabled: false, mustChangePassword: false, createdAt: "", lastSignInAt: null },
});

test("auditors and administrators are told which record was altered, once it was looked at", async () => {
  await using stack = new AsyncDisposableStack();
  const data = mkdtempSync(join(tmpdir(), "hanare-daily-"));
  stack.defer(() => rmSync(data, { recursive: true }));
  const paths = makePaths(data, "itest" as InstallationId, data);
  const database = openDatabase(paths.database);
  stack.defer(() => database.close());
  let now = Date.parse("2026-04-01T00:00:00Z");
  const audit = createAuditWriter({
    ...{ database, signingKey: loadSigningKey(paths.keys), now: () => now },
  });
  for (let at = 0; at < 9; at += 1)
    audit.write({ action: "sign-in", outcome: "success", userName: `user${at}` });
  audit[Symbol.dispose]();
  database.exec("DROP TRIGGER audit_records_no_update");
  database.exec(
    "UPDATE audit_records SET record = replace(record, 'user6', 'user0') WHERE seq = 7",
  );
  const notices = startNotices(stack, {
    ...{ paths, database, log: createLog("silent"), installation: "itest", now: () => now },
    config: configSchema.parse({}),
    identity: { list: () => [account("kansa", "auditor"), account("hanako", "user")] },
    approvals: {
      delegations: () => [],
      look: () => {
        throw new Error("no file waits");
      },
    },
    overview: () => Promise.resolve(overviewOf()),
  });
  const told = (name: string) =>
    notices.list(`u-${name}` as UserId, { limit: 10 }).map(({ kind, facts }) => ({ kind, facts }));
  await notices.look();
  expect(told("kansa")).toEqual([]);
  now += firstCheckAfterMs;
  await notices.look();
  expect(told("kansa")).toEqual([
    { kind: "audit-broken", facts: { seq: 7, reason: "record-altered" } },
  ]);
  expect(told("hanako")).toEqual([]);
});

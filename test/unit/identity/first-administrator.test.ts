import { expect, test } from "vitest";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import { createFirstAdministrator } from "../../../orchestrator/identity/first-administrator.ts";
import { createIdentity } from "../../../orchestrator/identity/identity.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { identitySettings, quickHashing as hashing, sealKey } from "../../support/identity.ts";

test("an empty installation gets one administrator, once, and it is on record", async () => {
  const database = openDatabase(":memory:");
  const records: AuditEvent[] = [];
  const audit = { write: (event: AuditEvent) => void records.push(event) };
  const first = await createFirstAdministrator(database, audit, { hashing });
  expect(first?.name).toBe("admin");
  expect(await createFirstAdministrator(database, audit, { hashing })).toBeUndefined();
  const settings = identitySettings();
  const identity = createIdentity({ database, settings, sealKey, now: Date.now, hashing });
  expect(
    await identity.signIn("admin", first?.oneTimePassword ?? "", { terminal: "t" }),
  ).toMatchObject({
    outcome: "signed-in",
    user: {
      roles: ["system-admin", "user", "auditor", "list-admin"],
      mustChangePassword: true,
    },
  });
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ action: "user-create", target: "admin" });
});

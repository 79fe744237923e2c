/** Makes the first account of an empty installation. Its password is shown here once and kept nowhere. */
import { createAuditWriter } from "../../orchestrator/audit/writer.ts";
import { loadSigningKey } from "../../orchestrator/audit/keys.ts";
import { createFirstAdministrator } from "../../orchestrator/identity/first-administrator.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";
import { join } from "node:path";
import type { Step } from "../context.ts";

export const administrator: Step = {
  name: { ja: "最初の管理者", en: "First administrator" },
  async run(context) {
    const database = openDatabase(join(context.dataDir, "hanare.db"));
    try {
      using audit = createAuditWriter({
        database,
        now: Date.now,
        signingKey: loadSigningKey(join(context.dataDir, "keys")),
      });
      const made = await createFirstAdministrator(database, audit);
      if (made !== undefined) context.found.administrator = made;
    } finally {
      database.close();
    }
    return undefined;
  },
};

/** A data directory with what a backup holds, small, and nothing running in it. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSigningKey } from "../../orchestrator/audit/keys.ts";
import { createAuditWriter } from "../../orchestrator/audit/writer.ts";
import { newInstallationId } from "../../orchestrator/base/ids.ts";
import { migrate, openDatabase } from "../../orchestrator/store/database.ts";
import { stores } from "../../orchestrator/start/stores.ts";

/** Signs the audit log with as many records as asked. */
export function smallInstallation(dataDir: string, records = 3): void {
  const put = (path: string, text: string, mode = 0o600) => {
    mkdirSync(join(dataDir, path, ".."), { recursive: true });
    writeFileSync(join(dataDir, path), text, { mode });
  };
  put("installation.json", JSON.stringify({ id: newInstallationId() }));
  put("hanare.yaml", "listen: { port: 9443 }\n");
  put("policy/policy.yaml", "version: 1\n", 0o644);
  put("policy/lists/allow.txt", ".allowed.test\n", 0o644);
  put("policy-history/objects/ab/abcd", "kept");
  put("kept-files/0123", "sealed");
  put("secrets/parent", "secret");
  put("signatures/set-1/daily.cvd", "signatures", 0o644);
  symlinkSync("set-1", join(dataDir, "signatures", "current"));
  put("web/index.html", "made again");
  put("quarantine/1x1/file", "noise");
  const database = openDatabase(join(dataDir, "hanare.db"));
  for (const [feature, steps] of Object.entries(stores)) migrate(database, feature, steps);
  const signingKey = loadSigningKey(join(dataDir, "keys"));
  const audit = createAuditWriter({ database, now: Date.now, signingKey });
  for (let at = 0; at < records; at += 1)
    audit.write({ action: "system-start", outcome: "success" });
  audit[Symbol.dispose]();
  database.close();
}

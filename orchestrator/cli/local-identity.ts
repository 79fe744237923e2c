/**
 * The identity service and the audit log of an installation, opened beside a server that may be running:
 * both work on the same file. For commands run by the machine's administrator.
 */
import { createAuditWriter } from "../audit/writer.ts";
import { loadSigningKey } from "../audit/keys.ts";
import type { AuditLog } from "../audit/events.ts";
import { configSchema } from "../config/schema.ts";
import { createIdentity, type Identity } from "../identity/identity.ts";
import { loadSealKey } from "../identity/seal.ts";
import { openDatabase } from "../store/database.ts";
import type { InstallationFiles } from "./command.ts";

export interface LocalIdentity extends Disposable {
  readonly identity: Identity;
  readonly audit: AuditLog;
}

export function openLocalIdentity(files: InstallationFiles): LocalIdentity {
  const database = openDatabase(files.database);
  const writer = createAuditWriter({
    database,
    now: Date.now,
    signingKey: loadSigningKey(files.keys),
  });
  // Settings matter for signing in, which commands never do: the defaults serve.
  const settings = configSchema.parse({}).identity;
  return {
    identity: createIdentity({
      database,
      settings,
      sealKey: loadSealKey(files.keys),
      now: Date.now,
    }),
    audit: writer,
    [Symbol.dispose]() {
      writer[Symbol.dispose]();
      database.close();
    },
  };
}

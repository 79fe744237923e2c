/**
 * A process of its own over the folder of an installation: takes a download in and fetches it, then looks at an upload,
 * and is killed at the step named.
 */
import { join } from "node:path";
import { Readable } from "node:stream";
import { pino } from "pino";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import type { InstallationId } from "../../../orchestrator/base/ids.ts";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { createFileDesk } from "../../../orchestrator/downloads/file-desk.ts";
import type { UploadRules } from "../../../orchestrator/downloads/types.ts";
import { createEngineClient } from "../../../orchestrator/engine/client.ts";
import { SignatureStore } from "../../../orchestrator/signatures/signature-store.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { testImages } from "../../support/images.ts";
import { argsFor } from "./desk-harness.ts";

const [, , dir = "", id = "", at = ""] = process.argv;
const installation = id as InstallationId;
const { sandbox, clamd } = testImages();
const database = openDatabase(join(dir, "hanare.db"));
const audit = createAuditWriter({
  database,
  now: Date.now,
  signingKey: loadSigningKey(join(dir, "keys")),
});
const signatures = new SignatureStore(join(dir, "signatures"));
await signatures.prepare();
const desk = await createFileDesk({
  ...{ signatures, installation, audit, database },
  engine: createEngineClient(installation),
  paths: { quarantine: join(dir, "quarantine"), scanSocketDir: join(dir, "scan") },
  config: { ...configSchema.parse({}).files, warmSandboxes: 0 },
  imageRefs: { sandbox, clamd, office: undefined },
  log: pino({ level: "silent" }),
  onStep: (step) => {
    if (step === at) process.kill(process.pid, "SIGKILL");
  },
});
const bytes = Buffer.from("氏名,番号\n見本,1\n");
const session = newSessionId();
const { signal } = new AbortController();
const args = (name: string) => argsFor(session, name, bytes.length);
if (!at.startsWith("upload-")) {
  const view = await desk.receive(args(`${at}.csv`), Readable.from([bytes]), signal);
  if (view.releasable) await desk.release(view.id, { terminal: "192.0.2.7" });
}
const uploadRules: UploadRules = {
  ...{ myNumber: "block", keywords: [], onKeyword: "block", profile: "original" },
};
await desk.inspectUpload({ ...args(`${at}.csv`), uploadRules }, Readable.from([bytes]), signal);

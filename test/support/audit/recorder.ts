/**
 * A process that records audit events until it is killed: `--data FILE --writers N`. Each writer waits for
 * its record before it makes the next, and says on stdout what it was told is kept.
 */
import { generateKeyPairSync } from "node:crypto";
import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const { values } = parseArgs({
  options: { data: { type: "string" }, writers: { type: "string", default: "64" } },
});
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
writeSync(1, `${JSON.stringify(publicKey.export({ type: "spki", format: "pem" }))}\n`);
const audit = createAuditWriter({
  database: openDatabase(values.data ?? ""),
  now: Date.now,
  signingKey: privateKey,
});

async function write(writer: number): Promise<void> {
  for (let each = 0; ; each += 1) {
    const target = `${writer}-${each}`;
    await audit.record({ action: "navigation", outcome: "success", target });
    writeSync(1, `${target}\n`);
  }
}

await Promise.all(Array.from({ length: Number(values.writers) }, (_, writer) => write(writer)));

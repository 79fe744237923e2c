/** Starts a recorder, kills it with SIGKILL once it has had so many records kept, and looks at what is there. */
import { spawn } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { verifyAudit, type AuditVerdict } from "../../../orchestrator/audit/verify.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

export interface Aftermath {
  /** What the process was told is kept. */
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly lost: readonly string[];
  readonly verdict: AuditVerdict;
}

export async function killRecorder(folder: string, after: number): Promise<Aftermath> {
  const data = join(folder, "killed.db");
  const recorder = join(import.meta.dirname, "recorder.ts");
  const child = spawn(process.execPath, [recorder, "--data", data], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The first line is the key; the rest arrives until the pipe of the dead process is empty.
    if (lines.push(line) === after + 1) child.kill("SIGKILL");
  }
  await exit;
  const [pem = "", ...acknowledged] = lines;
  const database = openDatabase(data);
  try {
    const rows = database.prepare("SELECT target FROM audit_records").all();
    const kept = new Set(rows.map((row) => row["target"]));
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter((each) => !kept.has(each)),
      verdict: verifyAudit(database, createPublicKey(JSON.parse(pem) as string)),
    };
  } finally {
    database.close();
  }
}

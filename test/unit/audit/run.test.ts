import { generateKeyPairSync } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { openRun } from "../../../orchestrator/audit/run.ts";
import { type AuditWriter, createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

let database: DatabaseSync;
let writer: AuditWriter;
beforeEach(() => {
  database = openDatabase(":memory:");
  const signingKey = generateKeyPairSync("ed25519").privateKey;
  writer = createAuditWriter({ database, now: Date.now, signingKey });
});
afterEach(() => {
  writer[Symbol.dispose]();
  database.close();
});

const recorded = () =>
  queryAudit(database, { limit: 100 }).records.map(({ seq, action, outcome, reason, details }) => [
    seq,
    action,
    outcome,
    reason,
    details,
  ]);

test("a run that ends leaves a beginning and an end", () => {
  openRun(database, writer)[Symbol.dispose]();
  openRun(database, writer)[Symbol.dispose]();
  expect(recorded().map(([, action, outcome]) => [action, outcome])).toEqual([
    ["system-stop", "success"],
    ["system-start", "success"],
    ["system-stop", "success"],
    ["system-start", "success"],
  ]);
});

test("one that was killed is closed as of unknown end by the next, once", () => {
  openRun(database, writer);
  writer.write({ action: "sign-in", outcome: "success" });
  openRun(database, writer)[Symbol.dispose]();
  openRun(database, writer);
  expect(recorded().slice(1, 5)).toEqual([
    [5, "system-stop", "success", null, {}],
    [4, "system-start", "success", null, {}],
    [3, "system-stop", "failure", "unknown", { started: 1 }],
    [2, "sign-in", "success", null, {}],
  ]);
});

import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { forwardFinding } from "../../../orchestrator/doctor/forward-finding.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const siem = { host: "siem.example.lg.jp", port: 6514 };
const start = Date.parse("2026-04-01T00:00:00Z");
const minuteMs = 60_000;
let folder: string;
let file: string;

/** Two records, a minute apart; the server has those up to `position`, or was never reached. */
function logWith(position: number | undefined): void {
  const database = openDatabase(file);
  let now = start;
  const signingKey = generateKeyPairSync("ed25519").privateKey;
  const writer = createAuditWriter({ database, now: () => now, signingKey });
  for (const userName of ["hanako", "tarou"]) {
    writer.write({ action: "sign-in", outcome: "success", userName });
    now += minuteMs;
  }
  writer[Symbol.dispose]();
  if (position !== undefined) {
    database.exec(
      "CREATE TABLE audit_forwarded (target TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT",
    );
    database
      .prepare("INSERT INTO audit_forwarded VALUES (?, ?)")
      .run("siem.example.lg.jp:6514", position);
  }
  database.close();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-audit-"));
  file = join(folder, "hanare.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each<[string, number | undefined, number, "ok" | "warn", string]>([
  ["everything has arrived", 2, 60, "ok", "siem.example.lg.jp:6514: none waits"],
  ["the newest waits since a moment ago", 1, 5, "ok", ": 1 wait since 2026-04-01T00:01:00.000Z"],
  ["the newest waits for long", 1, 12, "warn", ": 1 wait since 2026-04-01T00:01:00.000Z"],
  ["nothing ever arrived", undefined, 12, "warn", ": 2 wait since 2026-04-01T00:00:00.000Z"],
])("when %s", (_sentence, position, minutes, level, detail) => {
  logWith(position);
  const finding = forwardFinding(file, siem, start + minutes * minuteMs);
  expect(finding.level).toBe(level);
  expect(finding.detail.en).toContain(detail);
  expect(finding.detail.ja).toMatch(position === 2 ? /待ち 0 件$/ : /から \d 件待ち$/);
  expect(finding.problem?.code).toBe(level === "warn" ? "AUDIT_FORWARD_BEHIND" : undefined);
});

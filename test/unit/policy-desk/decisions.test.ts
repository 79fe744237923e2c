/** Recorded decisions: what is written comes back, what must not be written is not, and old ones go. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readDecision, writeDecision } from "../../../orchestrator/policy-desk/decision-line.ts";
import { DecisionLog } from "../../../orchestrator/policy-desk/decision-log.ts";
import { readDecisions } from "../../../orchestrator/policy-desk/read-decisions.ts";
import type { RecordedDecision } from "../../../policies/replay.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const decision: DecisionRecord = {
  id: "q1",
  at: "2026-04-01T03:00:00.000Z",
  plane: "isolated",
  sessionId: "s1",
  user: "hanako",
  method: "GET",
  scheme: "http",
  host: "a.example",
  port: 80,
  path: "/find?q=secret",
  verdict: "block",
  rule: "default",
  reason: "default",
  bytesUp: 0,
  bytesDown: 0,
  durationMs: 1,
  policyVersion: "v",
};

it("writes what a replay needs, and neither the person nor what they typed", async () => {
  const now = Date.parse("2026-04-01T03:00:01Z");
  {
    await using log = new DecisionLog({
      ...{ folder, retentionDays: 7, maxBytes: 1e6, now: () => now },
      log: pino({ level: "silent" }),
      groupsOf: () => ["kouhou", "a b,c"],
    });
    log.add(decision);
    log.add({ ...decision, rule: "guard.unclaimed" });
    log.add({ ...decision, method: "CONNECT", scheme: "https", port: 443 });
  }
  const text = readFileSync(join(folder, "2026-04-01T03.tsv"), "utf8");
  expect(text).not.toMatch(/hanako|secret|s1/);
  const found: RecordedDecision[] = [];
  let cut = 0;
  writeFileSync(join(folder, "2026-04-01T04.tsv"), "177503");
  await readDecisions(folder, 0, {
    record: (record) => found.push(record),
    unreadable: () => (cut += 1),
    progress: () => undefined,
  });
  expect(found.map(({ via, port, path, groups }) => ({ via, port, path, groups }))).toEqual([
    { via: "http", port: 80, path: "/find", groups: ["kouhou", "a b,c"] },
    { via: "connect", port: 443, path: "/find", groups: ["kouhou", "a b,c"] },
  ]);
  expect(cut).toBe(1);
});

it("removes what is older than its time, then the oldest until the rest fits", async () => {
  for (const name of ["2026-03-01T00.tsv", "2026-04-01T00.tsv", "2026-04-01T01.tsv", "other.txt"])
    writeFileSync(join(folder, name), "x".repeat(100));
  await using log = new DecisionLog({
    ...{ folder, retentionDays: 7, maxBytes: 150, groupsOf: () => undefined },
    now: () => Date.parse("2026-04-01T02:00:00Z"),
    log: pino({ level: "silent" }),
  });
  await log.tidy();
  expect(readdirSync(folder).sort()).toEqual(["2026-04-01T01.tsv", "other.txt"]);
});

it("reads back whatever it writes, and nothing out of noise", () => {
  const record = fc.record({
    at: fc.nat(),
    plane: fc.constantFrom("isolated" as const, "terminal" as const),
    via: fc.constantFrom("connect" as const, "http" as const),
    host: fc.domain(),
    port: fc.integer({ min: 1, max: 65535 }),
    groups: fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { maxLength: 3 }),
    verdict: fc.constantFrom("block" as const, "allow" as const, "direct" as const),
    rule: fc.constantFrom("R1", "default", "guard.port"),
  });
  fc.assert(
    fc.property(record, (each) => {
      expect(readDecision(writeDecision(each).slice(0, -1))).toEqual(each);
    }),
  );
  fc.assert(fc.property(fc.string(), (noise) => readDecision(noise) === undefined));
});

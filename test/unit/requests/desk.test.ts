/** What the clock does with requests, over a real database. */
import { pino } from "pino";
import { expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { RecentRefusals } from "../../../orchestrator/requests/recent-refusals.ts";
import { RequestDesk } from "../../../orchestrator/requests/desk.ts";
import { type NewRequest, RequestStore } from "../../../orchestrator/requests/store.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const asked: NewRequest = {
  ...{ userId: "utaro" as UserId, userName: "taro", groups: [], terminal: "192.0.2.1" },
  ...{ plane: "isolated", via: "connect", scheme: "https", host: "www.example.jp", port: 443 },
  ...{ path: null, refusalId: "q1", rule: "default", ruleName: null, list: null, line: null },
  ...{ owner: null, reason: "調べもの" },
};

it("a request that nobody decided expires, later where that cannot be written down (disk full)", async () => {
  const database = openDatabase(":memory:");
  const logged: string[] = [];
  const log = pino({ level: "error" }, { write: (line: string) => void logged.push(line) });
  let nowMs = Date.parse("2026-04-01T00:00:00Z");
  const now = () => nowMs;
  const { id } = new RequestStore(database, now).add(asked, () => undefined);
  const told: string[] = [];
  using desk = new RequestDesk({
    ...{ database, log, now, tickMs: 5, limits: () => configSchema.parse({}).requests },
    ...{ audit: { write: ({ action }) => void told.push(action) }, prepared: () => undefined },
    ...{ refusals: new RecentRefusals(now) },
    policyDesk: {
      history: () => ({ current: null, versions: [] }),
      publish: () => Promise.reject(new Error("nobody approves here")),
    },
  });
  // SQLite's own refusal to write, as a full disk has it.
  database.exec("PRAGMA query_only = ON");
  nowMs += 400 * 86_400_000;
  await expect.poll(() => logged.join("")).toContain('"event":"request-tidy"');
  database.exec("PRAGMA query_only = OFF");
  await expect
    .poll(() => desk.mine(asked.userId).map((each) => [each.id, each.state]))
    .toEqual([[id, "expired"]]);
  expect(told).toEqual(["request-expire"]);
  database.close();
});

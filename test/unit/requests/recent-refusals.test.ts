/** What is remembered of refusals: whose they are, how many, how long. */
import { describe, expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { RecentRefusals } from "../../../orchestrator/requests/recent-refusals.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";

const at = Date.parse("2026-04-01T00:00:00Z");
const hanako = "uhanako" as UserId;
const taro = "utaro" as UserId;
const terminal = "10.0.0.7";

function record(id: string, host: string, more: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    id,
    at: new Date(at).toISOString(),
    plane: "isolated",
    sessionId: "s1",
    method: "CONNECT",
    scheme: "https",
    host,
    port: 443,
    verdict: "block",
    rule: "default",
    reason: "default",
    bytesUp: 0,
    bytesDown: 0,
    durationMs: 0,
    policyVersion: "",
    ...more,
  };
}

describe("recent refusals", () => {
  it("belong to the person whose browser it was, on the terminal plane to the terminal", () => {
    const refusals = new RecentRefusals(() => at);
    refusals.add(record("q1", "a.example"), hanako, ["koho"]);
    refusals.add(record("q2", "b.example", { plane: "terminal", terminal }), undefined, []);
    expect(refusals.find({ id: hanako, terminal: "x" }, "q1")?.groups).toEqual(["koho"]);
    expect(refusals.find({ id: taro, terminal }, "q1")).toBeUndefined();
    expect(refusals.find({ id: taro, terminal }, "q2")?.record.host).toBe("b.example");
    expect(refusals.find({ id: taro, terminal: "x" }, "q2")).toBeUndefined();
    expect(refusals.of(taro)).toEqual([]);
  });

  it.each<[string, Partial<DecisionRecord>]>([
    ["let through", { verdict: "allow" }],
    ["led to the isolated browser", { verdict: "isolate" }],
    ["nobody's yet", { rule: "guard.unclaimed" }],
  ])("are not made of what was %s", (_what, more) => {
    const refusals = new RecentRefusals(() => at);
    refusals.add(record("q1", "a.example", more), hanako, []);
    expect(refusals.find({ id: hanako, terminal }, "q1")).toBeUndefined();
  });

  it("are found by every reference that a page may still show, the newest by host and session", () => {
    const refusals = new RecentRefusals(() => at);
    for (let n = 0; n < 60; n += 1) refusals.add(record(`q${n}`, "A.example"), hanako, []);
    expect(refusals.find({ id: hanako, terminal }, "q10")).toBeDefined();
    expect(refusals.find({ id: hanako, terminal }, "q9")).toBeUndefined();
    expect(refusals.latestFor(hanako, "s1", "a.example", 443)?.record.id).toBe("q59");
    expect(refusals.latestFor(hanako, "s2", "a.example", 443)).toBeUndefined();
    expect(refusals.latestFor(hanako, "s1", "a.example", 80)).toBeUndefined();
  });

  it("that the browser made by itself are not offered, unless a tab went there", () => {
    const refusals = new RecentRefusals(() => at);
    const hosts = [
      "Accounts.Google.com",
      "r1---sn-x.gvt1.com",
      "gvt1.com.example",
      "www.google.com",
    ];
    for (const [n, host] of hosts.entries()) refusals.add(record(`q${n}`, host), hanako, []);
    const offered = () => refusals.of(hanako).map(({ record: { host } }) => host);
    expect(offered()).toEqual(["www.google.com", "gvt1.com.example"]);
    // Still found by its reference: a page of ours may show it.
    expect(refusals.find({ id: hanako, terminal }, "q0")).toBeDefined();
    expect(refusals.latestFor(hanako, "s2", "accounts.google.com", 443)).toBeUndefined();
    expect(offered()).toHaveLength(2);
    expect(refusals.latestFor(hanako, "s1", "accounts.google.com", 443)?.record.id).toBe("q0");
    expect(offered()).toContain("Accounts.Google.com");
  });

  it("of one person are 200 hosts, and push out no other person's", () => {
    const refusals = new RecentRefusals(() => at);
    refusals.add(record("qtaro", "kept.example"), taro, []);
    for (let n = 0; n < 500; n += 1) refusals.add(record(`q${n}`, `h${n}.example`), hanako, []);
    expect(refusals.of(hanako)).toHaveLength(200);
    expect(refusals.of(hanako)[0]?.record.host).toBe("h499.example");
    expect(refusals.find({ id: taro, terminal }, "qtaro")).toBeDefined();
  });

  it("end after a day", () => {
    let now = at;
    const refusals = new RecentRefusals(() => now);
    refusals.add(record("q1", "a.example"), hanako, []);
    now += 86_400_000;
    expect(refusals.find({ id: hanako, terminal }, "q1")).toBeUndefined();
    expect(refusals.of(hanako)).toEqual([]);
  });
});

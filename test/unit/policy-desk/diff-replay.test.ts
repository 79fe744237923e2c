/** What opens and closes between two policies, in words and over recorded decisions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffPolicies } from "../../../policies/diff.ts";
import { decide, preparePolicy } from "../../../policies/match.ts";
import { Replay, type RecordedDecision } from "../../../policies/replay.ts";
import { randomPolicy, randomRequest } from "./random-policy.ts";
import { sourceOf } from "./source.ts";

const now = Date.parse("2026-04-01T03:00:00Z");
const text = (rules: string, more = "") =>
  `version: 1\nname: p\n${more}groups: { g: {} }\nlists: { l: { file: l.txt } }\nrules:\n${rules}`;
const list = "  - { id: R1, plane: [isolated], to: { lists: [l] }, action: allow }\n";

async function diff(
  before: [rules: string, list: string],
  after: [rules: string, list: string],
  more: [string, string] = ["", ""],
) {
  return diffPolicies(
    await sourceOf(text(before[0], more[0]), { "l.txt": before[1] }),
    await sourceOf(text(after[0], more[1]), { "l.txt": after[1] }),
    now,
  );
}

describe("diff", () => {
  it("says which entry opens and which closes", async () => {
    const report = await diff([list, "a.example\n"], [list, ".b.example # why\n"]);
    expect(report.written.map(({ en }) => en)).toEqual([
      "list l, added: .b.example",
      "list l, removed: a.example",
    ]);
    expect(report.effects.map(({ en }) => en)).toEqual([
      "Opens: isolated browser, people in no group: .b.example (blocked default → allowed R1)",
      "Closes: isolated browser, people in no group: a.example (allowed R1 → blocked default)",
    ]);
    expect(report.effects[0]?.ja).toBe(
      "開く: 分離ブラウザ・どのグループにもいない人 — .b.example (遮断 default → 許可 R1)",
    );
    expect(report.limits).toEqual([]);
  });

  it("tells groups apart and finds what a changed default does", async () => {
    const forGroup =
      "  - { id: R2, plane: [isolated], from: { groups: [g] }, to: { any: true }, action: block }\n";
    const report = await diff(
      [forGroup, ""],
      [forGroup, ""],
      ["", "defaults: { isolated: allow }\n"],
    );
    expect(report.effects.map(({ kind, group, plane }) => [kind, group, plane])).toEqual([
      ["opens", null, "isolated"],
    ]);
  });

  it("finds an effect that only shows within hours", async () => {
    const night =
      '  - { id: R3, plane: [isolated], when: { hours: "22:00-23:00" }, to: { hosts: [n.example] }, action: allow }\n';
    const report = await diff([list, ""], [list + night, ""]);
    expect(report.effects).toHaveLength(1);
    expect(report.effects[0]?.ja).toContain("22:00 (水) の場合");
  });

  it("says nothing about two copies of one policy, and what it cannot try", async () => {
    const same = await diff([list, "a.example\n"], [list, "a.example\n"]);
    expect(same).toEqual({ same: true, written: [], effects: [], limits: [] });
    const guards = await diff(
      [list, ""],
      [list, ""],
      ["", "guards: { deny_ip: [198.51.100.0/24] }\n"],
    );
    expect(guards.effects).toEqual([]);
    expect(guards.limits.map(({ en }) => en)[0]).toMatch(/addresses/);
  });
});

describe("a diff that says nothing has looked", () => {
  const big = "lists: { l: { file: l.txt, expires: 2026-03-01 } }\n";
  const plain = "lists: { l: { file: l.txt } }\n";
  const policy = (more: string, rules: string) =>
    `version: 1\nname: p\ngroups: { g: {} }\n${more}rules:\n${rules}`;
  const block = "  - { id: R0, plane: [isolated], to: { hosts: [.example] }, action: block }\n";
  const told = async (
    before: [text: string, list: string],
    after: [text: string, list: string],
  ): Promise<string[]> => {
    const { effects, limits } = diffPolicies(
      await sourceOf(before[0], { "l.txt": before[1] }),
      await sourceOf(after[0], { "l.txt": after[1] }),
      now,
    );
    return [
      ...effects.map(({ kind, entries }) => `${kind} ${entries.join(" ")}`),
      ...limits.map(({ en }) => en),
    ];
  };

  it("a list that had expired and has not any more", async () => {
    const list_ = "a.example\n";
    expect(await told([policy(big, list), list_], [policy(plain, list), list_])).toEqual([
      "opens a.example",
    ]);
  });
  it("an entry that had ended and has not any more", async () => {
    expect(
      await told(
        [policy(plain, list), "a.example # @expires=2026-03-01\n"],
        [policy(plain, list), "a.example\n"],
      ),
    ).toEqual(["opens a.example"]);
  });
  it("a path of plain HTTP", async () => {
    expect(
      await told([policy(plain, list), ""], [policy(plain, list), "a.example/koho/\n"]),
    ).toEqual(["opens a.example/koho/"]);
  });
  it("what stood behind a rule that went", async () => {
    expect(
      await told(
        [policy(plain, block + list), "a.example\n"],
        [policy(plain, list), "a.example\n"],
      ),
    ).toEqual(["opens a.example"]);
  });
  it("a policy that was on trial, and a port", async () => {
    const isolatedAllow = "defaults: { isolated: allow }\n";
    const closed = "defaults: { terminal: block }\n";
    const deny = "  - { id: R1, plane: [isolated], to: { lists: [l] }, action: block }\n";
    expect(
      await told(
        [policy(`mode: report\n${isolatedAllow}${plain}`, deny), "a.example\n"],
        [policy(isolatedAllow + plain, deny), "a.example\n"],
      ),
    ).toContain("closes a.example");
    expect(
      await told(
        [policy(closed + plain, list), "a.example\n"],
        [
          policy(`${closed}guards: { ports: { connect: [443, 8443] } }\n${plain}`, list),
          "a.example\n",
        ],
      ),
    ).toEqual(["opens a.example"]);
  });
  it("terminals of a group", async () => {
    const groups = (range: string) =>
      policy(plain, list).replace("g: {}", `g: { terminals: [${range}] }`);
    const [before, after] = [groups("10.1.0.0/16"), groups("10.2.0.0/16")];
    expect(await told([before, ""], [after, ""])).toEqual([
      "Rules that depend on the terminal's address were not tried.",
    ]);
    const report = diffPolicies(
      await sourceOf(before, { "l.txt": "" }),
      await sourceOf(after, { "l.txt": "" }),
      now,
    );
    expect(report.written.map(({ en }) => en)[0]).toMatch(/^terminals of groups: /);
  });
  it("additions and exceptions beside a list", async () => {
    const edited = plain.replace("file: l.txt", "file: l.txt, edits: e.txt");
    const source = (edits: string) =>
      sourceOf(policy(edited, list), { "l.txt": ".a.example\n", "e.txt": edits });
    const { effects, limits } = diffPolicies(
      await source(""),
      await source("!x.a.example\nb.example\n"),
      now,
    );
    expect(effects.map(({ kind, entries }) => [kind, ...entries])).toEqual([
      ["opens", "b.example"],
      ["closes", "!x.a.example"],
    ]);
    expect(limits).toEqual([]);
  });

  it("any two policies and any request of somebody in at most one group", async () => {
    let different = 0;
    await fc.assert(
      fc.asyncProperty(
        randomPolicy,
        randomPolicy,
        fc.array(randomRequest, { minLength: 100, maxLength: 100 }),
        async (one, other, requests) => {
          const before = await sourceOf(one.text, one.lists);
          const after = await sourceOf(other.text, other.lists);
          const { effects, limits } = diffPolicies(before, after, now);
          if (limits.some(({ en }) => /as of now/.test(en))) return;
          const rules = [...before.policy.rules, ...after.policy.rules];
          const named = new Set(rules.flatMap(({ groups = [] }) => groups));
          for (const each of requests) {
            const request = { ...each, at: Math.max(each.at, now) };
            if (request.groups.length > 1) continue;
            const { plane } = request;
            const group = request.groups.find((each) => named.has(each)) ?? null;
            const from = decide(before.prepared, request).verdict;
            const to = decide(after.prepared, request).verdict;
            if (from === to) continue;
            different += 1;
            const found = effects.some(
              (each) =>
                each.plane === plane &&
                each.group === group &&
                each.from === from &&
                each.to === to,
            );
            expect(found, `${JSON.stringify(request)}\n${one.text}\n${other.text}`).toBe(true);
          }
        },
      ),
      { numRuns: 80 },
    );
    expect(different).toBeGreaterThan(50);
  });
});

const recorded = (request: Omit<RecordedDecision, "verdict" | "rule">): RecordedDecision => ({
  ...request,
  verdict: "block",
  rule: "default",
});

describe("replay", () => {
  it("counts by host and group, and leaves alone what no rule decides", async () => {
    const before = preparePolicy((await sourceOf(text(list), { "l.txt": "" })).policy);
    const after = preparePolicy((await sourceOf(text(list), { "l.txt": ".a.example\n" })).policy);
    const replay = new Replay(before, after);
    const ask = { at: now, plane: "isolated", via: "connect", port: 443, groups: ["g"] } as const;
    replay.add(recorded({ ...ask, host: "w.a.example" }));
    replay.add(recorded({ ...ask, host: "w.a.example" }));
    replay.add(recorded({ ...ask, host: "other.example" }));
    replay.add({ ...recorded({ ...ask, host: "v.a.example" }), rule: "guard.deny_ip" });
    replay.skip();
    expect(replay.summary()).toEqual({
      records: 4,
      fromMs: now,
      toMs: now,
      unchanged: 1,
      opened: 2,
      closed: 0,
      otherwise: 0,
      beyondRules: 1,
      unreadable: 1,
      changes: [
        {
          plane: "isolated",
          host: "w.a.example",
          groups: "g",
          from: "block",
          fromRule: "default",
          to: "allow",
          toRule: "R1",
          count: 2,
        },
      ],
      byGroup: [{ groups: "g", opened: 2, closed: 0 }],
      untold: 0,
    });
  });

  it("counts a terminal's requests for the groups that its address is in", async () => {
    const policy = (action: string) => `version: 1
name: p
groups: { window: { terminals: [10.1.0.0/16] } }
rules:
  - { id: R1, plane: [terminal], from: { groups: [window] }, to: { hosts: [a.example] }, action: ${action} }
`;
    const before = preparePolicy((await sourceOf(policy("direct"))).policy);
    const after = preparePolicy((await sourceOf(policy("block"))).policy);
    const replay = new Replay(before, after);
    const ask = { at: now, plane: "terminal", via: "connect", port: 443, groups: [] } as const;
    for (const terminal of ["10.1.2.3", "10.2.0.1"])
      replay.add(recorded({ ...ask, host: "a.example", terminal }));
    const { closed, unchanged, byGroup, changes } = replay.summary();
    expect([closed, unchanged, byGroup]).toEqual([
      1,
      1,
      [{ groups: "window", opened: 0, closed: 1 }],
    ]);
    expect(changes[0]).toMatchObject({ groups: "window", from: "direct", to: "block" });
  });

  it("agrees with asking both policies, for any two policies and any requests", async () => {
    await fc.assert(
      fc.asyncProperty(
        randomPolicy,
        randomPolicy,
        fc.array(randomRequest, { minLength: 50, maxLength: 50 }),
        async (one, other, requests) => {
          const before = preparePolicy((await sourceOf(one.text, one.lists)).policy);
          const after = preparePolicy((await sourceOf(other.text, other.lists)).policy);
          const replay = new Replay(before, after);
          let different = 0;
          for (const request of requests) {
            replay.add(recorded(request));
            if (decide(before, request).verdict !== decide(after, request).verdict) different += 1;
          }
          const { opened, closed, otherwise, unchanged, changes, untold } = replay.summary();
          expect(opened + closed + otherwise).toBe(different);
          expect(unchanged).toBe(requests.length - different);
          expect(changes.reduce((sum, { count }) => sum + count, 0) + untold).toBe(different);
        },
      ),
      { numRuns: 60 },
    );
  });
});

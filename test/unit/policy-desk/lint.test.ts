/** Lint: what it finds, where, and that "unreachable" is never a lie. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain } from "../../../policies/explain.ts";
import { lintPolicy } from "../../../policies/lint.ts";
import { decide, preparePolicy, type TraceStep } from "../../../policies/match.ts";
import { propertyTimes } from "../../support/property-times.ts";
import { randomPolicy, randomRequest } from "./random-policy.ts";
import { sourceOf } from "./source.ts";

const now = Date.parse("2026-04-01T03:00:00Z");
const head = "version: 1\nname: p\ngroups: { g: {}, h: {} }\n";

async function findings(rules: string, lists = "", files: Record<string, string> = {}) {
  const text = `${head}lists: { ${lists} }\nrules:\n${rules}`;
  return lintPolicy(await sourceOf(text, files), { now }).map(({ code, about, line }) =>
    [code, about, line].join(" "),
  );
}
const rule = (id: string, rest: string) => `  - { id: ${id}, plane: [isolated], ${rest} }\n`;
const quiet = ["unused g 3", "unused h 3"];

describe("what lint says", () => {
  it.each<[string, string, string[]]>([
    [
      "a rule behind one that takes everything is unreachable",
      rule("A", "to: { any: true }, from: { groups: [g] }, action: block") +
        rule("B", "to: { hosts: [x.example] }, from: { groups: [g] }, action: allow"),
      ["unreachable B 7", "unused h 3"],
    ],
    [
      "a rule for other people is not",
      rule("A", "to: { any: true }, from: { groups: [g] }, action: block") +
        rule("B", "to: { hosts: [x.example] }, from: { groups: [g, h] }, action: allow"),
      [],
    ],
    [
      "a rule on trial takes nothing away",
      rule("A", "to: { any: true }, action: block, mode: report") +
        rule("B", "to: { hosts: [x.example] }, action: allow"),
      quiet,
    ],
    [
      "a rule that ends earlier takes nothing away for good",
      rule("A", "to: { hosts: [.example.jp] }, action: block, expires: 2026-05-01") +
        rule("B", "to: { hosts: [x.example.jp] }, action: allow"),
      quiet,
    ],
    [
      "hosts below a suffix that was decided before are unreachable",
      rule("A", "to: { hosts: [.example.jp] }, action: block") +
        rule("B", "to: { hosts: [x.example.jp, .y.example.jp] }, action: allow"),
      ["unreachable B 7", ...quiet],
    ],
    [
      "one host of several is shadowed",
      rule("A", "to: { hosts: [x.example.jp] }, action: block") +
        rule("B", "to: { hosts: [x.example.jp, z.example.jp] }, action: allow"),
      ["shadowed B 7", ...quiet],
    ],
    [
      "an expired rule is said, and takes nothing away",
      rule("A", "to: { any: true }, action: block, expires: 2026-03-31") +
        rule("B", "to: { hosts: [x.example.jp] }, action: allow"),
      ["expired A 6", ...quiet],
    ],
    [
      "everything for everybody is broad",
      rule("A", "to: { any: true }, action: allow"),
      ["over-broad A 6", ...quiet],
    ],
    [
      "a suffix that anybody may register below is broad",
      rule("A", "to: { hosts: [.co.jp, .cloudfront.net, .city.example.jp] }, action: allow"),
      ["over-broad A 6", "over-broad A 6", ...quiet],
    ],
    ["a broad block is not", rule("A", "to: { hosts: [.jp] }, action: block"), quiet],
  ])("%s", async (_name, rules, expected) => {
    expect(await findings(rules)).toEqual(expected);
  });

  it("names repeats with their line, lists with nothing and lists nobody uses", async () => {
    const rules = rule("A", "to: { lists: [l, e] }, action: allow");
    const files = {
      "l.txt": "x.example.jp\n.example.jp\n# .example.jp\n.example.jp # again\n",
      "e.txt": "# -\n",
    };
    expect(
      await findings(
        rules,
        "l: { file: l.txt }, e: { file: e.txt }, u: { hosts: [q.example] }",
        files,
      ),
    ).toEqual(["duplicate l 1", "duplicate l 4", "empty e 4", "unused u 4", ...quiet]);
  });

  it("names entries and lists past their day, and counts them for nothing", async () => {
    const rules = rule("A", "to: { lists: [l, o] }, action: allow");
    const files = {
      "l.txt":
        "a.example.jp # @expires=2026-03-31\nb.example.jp # @expires=2026-04-01\nc.example.jp\n",
    };
    const lists = "l: { file: l.txt }, o: { hosts: [d.example.jp], expires: 2026-03-31 }";
    expect(await findings(rules, lists, files)).toEqual(["expired o 4", "expired l 1", ...quiet]);
  });

  it("knows groups nobody is in when it is told", async () => {
    const source = await sourceOf(
      `${head}rules:\n${rule("A", "from: { groups: [g, h] }, to: { hosts: [x.example] }, action: allow")}`,
    );
    const members = new Map([
      ["g", 0],
      ["h", 2],
    ]);
    const found = lintPolicy(source, { now, members });
    expect(found.map(({ code, about }) => `${code} ${about}`)).toEqual(["empty g"]);
    expect(found[0]?.ja).toMatch(/だれもいません/);
  });
});

describe("properties", () => {
  it(
    "a rule called unreachable decides no request, at any time",
    async () => {
      let unreachable = 0;
      await fc.assert(
        fc.asyncProperty(
          randomPolicy,
          fc.array(randomRequest, { minLength: 200, maxLength: 200 }),
          async ({ text, lists }, requests) => {
            const source = await sourceOf(text, lists);
            const called = new Set(
              lintPolicy(source, { now })
                .filter(({ code }) => code === "unreachable")
                .map(({ about }) => about),
            );
            unreachable += called.size;
            if (called.size === 0) return;
            const prepared = preparePolicy(source.policy);
            for (const request of requests) {
              const trace: TraceStep[] = [];
              decide(prepared, request, trace);
              for (const { rule: id, outcome } of trace)
                if (outcome === "matched" || outcome === "report-only")
                  expect(called.has(id), `${id} ${JSON.stringify(request)}\n${text}`).toBe(false);
            }
          },
        ),
        { numRuns: 250 * propertyTimes },
      );
      expect(unreachable).toBeGreaterThan(20);
    },
    60_000 * propertyTimes,
  );

  it(
    "explain says what decide decides, and the last step of its trace is the rule",
    async () => {
      await fc.assert(
        fc.asyncProperty(
          randomPolicy,
          fc.array(randomRequest, { minLength: 50, maxLength: 50 }),
          async ({ text, lists }, requests) => {
            const prepared = preparePolicy((await sourceOf(text, lists)).policy);
            for (const request of requests) {
              const { plane, user, groups, host, port, at } = request;
              const target = { kind: "connect" as const, text: `${host}:${port}` };
              const told = explain(prepared, { plane, user, groups, target, at });
              const decided = decide(prepared, request);
              if (told.rule === "guard.host") continue;
              expect(told).toMatchObject({ verdict: decided.verdict, rule: decided.rule });
              const last = told.trace.at(-1);
              if (decided.reason === "rule") expect(last?.rule).toBe(decided.rule);
              else expect(told.trace.every(({ outcome }) => outcome !== "matched")).toBe(true);
            }
          },
        ),
        { numRuns: 100 * propertyTimes },
      );
    },
    60_000 * propertyTimes,
  );
});

import { describe, expect, it } from "vitest";
import { explain } from "../../../policies/explain.ts";
import { decide, type PolicyRequest, type TraceStep } from "../../../policies/match.ts";
import { runTests } from "../../../policies/run-tests.ts";
import { prepared } from "./parts.ts";

const text = `version: 1
name: test
defaults: { terminal: isolate, isolated: block }
groups: { staff: {}, 広報課・SNS係: {}, none: {} }
guards: { ports: { connect: [443, 8443], http: [80] } }
lists:
  ads: { file: lists/ads.txt, effect: deny }
  sns: { hosts: [.x.example], expires: 2026-12-31 }
rules:
  - { id: R010, name: 緊急遮断, plane: [terminal, isolated], to: { hosts: [.malware.example] }, action: block, message: 遮断中です。 }
  - { id: R100, plane: [terminal], to: { hosts: [.update.example] }, action: direct }
  - { id: R200, plane: [isolated], to: { lists: [ads] }, action: block }
  - { id: R300, plane: [isolated], from: { groups: [広報課・SNS係] }, when: { days: mon-fri, hours: "08:30-17:15" }, to: { lists: [sns] }, action: allow }
  - { id: R310, plane: [isolated], when: { days: fri, hours: "22:00-02:00" }, to: { hosts: [night.example] }, action: allow }
  - { id: R400, plane: [isolated], to: { hosts: [trial.example] }, action: allow, mode: report }
  - { id: R500, plane: [isolated], to: { hosts: [port.example] }, ports: [8443], action: allow }
  - { id: R600, plane: [isolated], to: { hosts: [old.example] }, action: allow, expires: 2026-03-31 }
  - { id: R900, plane: [isolated], from: { groups: [staff] }, to: { any: true }, action: allow }
`;
const lists = { "lists/ads.txt": "# 広告\nads.example\n.tracker.example\n" };
const policy = prepared(text, lists);
const wednesdayNoon = Date.parse("2026-04-01T12:00:00+09:00");
const ask: PolicyRequest = {
  plane: "isolated",
  user: "taro",
  groups: ["staff"],
  host: "www.example",
  port: 443,
  via: "connect",
  at: wednesdayNoon,
};

describe("decide", () => {
  const table: readonly (readonly [
    sentence: string,
    change: Partial<PolicyRequest>,
    result: object,
  ])[] = [
    [
      "a later rule allows staff anywhere",
      {},
      { verdict: "allow", rule: "R900", reason: "rule", ruleLine: 18 },
    ],
    [
      "without a group the default of the plane falls",
      { groups: [] },
      { verdict: "block", rule: "default", reason: "default" },
    ],
    [
      "the terminal plane has its own default",
      { plane: "terminal" },
      { verdict: "isolate", rule: "default" },
    ],
    [
      "a suffix entry covers the name itself",
      { host: "malware.example" },
      { verdict: "block", rule: "R010", ruleName: "緊急遮断", message: "遮断中です。", line: 10 },
    ],
    [
      "a suffix entry covers names below",
      { host: "a.b.malware.example" },
      { verdict: "block", rule: "R010" },
    ],
    [
      "a suffix entry does not cover a longer word",
      { host: "notmalware.example" },
      { verdict: "allow", rule: "R900" },
    ],
    [
      "the first match wins over a later allow",
      { host: "ads.example" },
      { verdict: "block", rule: "R200", list: "ads", line: 2 },
    ],
    [
      "an exact entry does not cover names below",
      { host: "x.ads.example" },
      { verdict: "allow", rule: "R900" },
    ],
    [
      "a list entry tells its line in the file",
      { host: "p.tracker.example" },
      { rule: "R200", line: 3, hit: { entry: ".tracker.example", file: "lists/ads.txt" } },
    ],
    [
      "terminal rules do not count on the isolated plane",
      { host: "update.example", groups: [] },
      { verdict: "block", rule: "default" },
    ],
    [
      "terminal rules count on the terminal plane",
      { plane: "terminal", host: "a.update.example" },
      { verdict: "direct", rule: "R100" },
    ],
    [
      "a time window lets pass inside",
      { groups: ["広報課・SNS係"], host: "x.example" },
      { verdict: "allow", rule: "R300", list: "sns" },
    ],
    [
      "a time window ends on the minute",
      { groups: ["広報課・SNS係"], host: "x.example", at: Date.parse("2026-04-01T17:15:00+09:00") },
      { verdict: "block", rule: "default" },
    ],
    [
      "a time window is closed at weekends",
      { groups: ["広報課・SNS係"], host: "x.example", at: Date.parse("2026-04-04T12:00:00+09:00") },
      { verdict: "block" },
    ],
    [
      "an expired list matches nothing",
      { groups: ["広報課・SNS係"], host: "x.example", at: Date.parse("2027-01-01T12:00:00+09:00") },
      { verdict: "block", rule: "default" },
    ],
    [
      "a list is good all through its last day",
      { groups: ["広報課・SNS係"], host: "x.example", at: Date.parse("2026-12-31T12:00:00+09:00") },
      { verdict: "allow", rule: "R300" },
    ],
    [
      "a window over midnight begins in the evening",
      { groups: [], host: "night.example", at: Date.parse("2026-04-03T23:00:00+09:00") },
      { rule: "R310" },
    ],
    [
      "a window over midnight goes on in the small hours of the next day",
      { groups: [], host: "night.example", at: Date.parse("2026-04-04T01:59:00+09:00") },
      { rule: "R310" },
    ],
    [
      "a window over midnight does not open in the small hours of its own day",
      { groups: [], host: "night.example", at: Date.parse("2026-04-03T01:00:00+09:00") },
      { rule: "default" },
    ],
    [
      "a report rule is remembered and passed over",
      { groups: [], host: "trial.example" },
      { verdict: "block", rule: "default", would: "allow R400" },
    ],
    [
      "a rule with ports matches on these only",
      { groups: [], host: "port.example" },
      { rule: "default" },
    ],
    [
      "a rule with ports matches there",
      { groups: [], host: "port.example", port: 8443 },
      { verdict: "allow", rule: "R500" },
    ],
    ["an expired rule is passed over", { groups: [], host: "old.example" }, { rule: "default" }],
    [
      "a port outside the guards is refused before any rule",
      { port: 25 },
      { verdict: "block", rule: "guard.port", reason: "port-not-allowed" },
    ],
    ["CONNECT has its own ports", { port: 80 }, { rule: "guard.port" }],
    ["plain HTTP has its own ports", { port: 443, via: "http" }, { rule: "guard.port" }],
  ];
  it.each(table)("%s", (_sentence, change, result) => {
    expect(decide(policy, { ...ask, ...change })).toMatchObject(result);
  });

  it("traces every rule it looked at and why it passed it over", () => {
    const trace: TraceStep[] = [];
    decide(policy, { ...ask, groups: [], host: "old.example" }, trace);
    expect(trace.map(({ rule, outcome }) => `${rule} ${outcome}`)).toEqual([
      "R010 host",
      "R100 plane",
      "R200 host",
      "R300 group",
      "R310 time",
      "R400 host",
      "R500 port",
      "R600 expired",
      "R900 group",
    ]);
  });

  it("in report mode lets pass what it would refuse, except for the guards", () => {
    const report = prepared(text.replace("name: test", "name: test\nmode: report"), lists);
    expect(decide(report, { ...ask, groups: [] })).toMatchObject({
      verdict: "allow",
      rule: "default",
      would: "block default",
    });
    expect(decide(report, { ...ask, host: "ads.example" })).toMatchObject({
      verdict: "allow",
      rule: "R200",
      would: "block R200",
    });
    expect(decide(report, { ...ask, port: 25 })).toMatchObject({
      verdict: "block",
      rule: "guard.port",
    });
  });

  it("does not take an address for a domain", () => {
    const addresses = prepared(`version: 1
name: a
guards: { host: { ip_literals: allow } }
rules: [{ id: R1, plane: [isolated], to: { hosts: [192.0.2.1] }, action: allow }]
`);
    expect(decide(addresses, { ...ask, host: "192.0.2.1" })).toMatchObject({ verdict: "allow" });
    expect(decide(addresses, { ...ask, host: "9.192.0.2.1" })).toMatchObject({ verdict: "block" });
  });
});

describe("explain", () => {
  const question = {
    plane: "isolated",
    user: "taro",
    groups: ["staff"],
    at: wednesdayNoon,
  } as const;
  const table: readonly (readonly [
    text: string,
    kind: "url" | "connect",
    resolves: string[],
    result: object,
  ])[] = [
    [
      "https://www.example.jp/",
      "url",
      [],
      { verdict: "allow", rule: "R900", host: "www.example.jp", port: 443 },
    ],
    [
      "https://www.example.jp/",
      "url",
      ["8.8.8.8", "10.1.2.3"],
      { verdict: "block", rule: "guard.deny_ip", reason: "private-use", address: "10.1.2.3" },
    ],
    ["127.1:443", "connect", [], { verdict: "block", rule: "guard.host", reason: "ip-encoding" }],
    [
      "http://good@evil.example/",
      "url",
      [],
      { verdict: "block", rule: "guard.host", reason: "userinfo" },
    ],
    ["ftp://www.example.jp/", "url", [], { verdict: "block", rule: "guard.parse" }],
    ["https://www.example.jp:22/", "url", [], { verdict: "block", rule: "guard.port" }],
    [
      "https://日本語.example/",
      "url",
      [],
      { verdict: "block", rule: "guard.host", reason: "non-ascii" },
    ],
  ];
  it.each(table)("%s as %s, leading to %j", (target, kind, resolves, result) => {
    expect(
      explain(policy, { ...question, target: { kind, text: target }, resolves }),
    ).toMatchObject(result);
  });
});

it("runs embedded tests and says what came instead", () => {
  const tested = prepared(
    `${text}tests:
  - { plane: isolated, groups: [staff], url: "https://www.example/", expect: allow, rule: R900 }
  - { plane: isolated, groups: [staff], url: "https://ads.example/", expect: allow }
  - { plane: isolated, groups: [広報課・SNS係], url: "https://x.example/", at: "2026-04-01T12:00:00+09:00", expect: allow, rule: R900 }
`,
    lists,
  );
  expect(
    runTests(tested, wednesdayNoon).map(({ passed, got, test }) => [test.line, passed, got.rule]),
  ).toEqual([
    [20, true, "R900"],
    [21, false, "R200"],
    [22, false, "R300"],
  ]);
});

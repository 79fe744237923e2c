/** What a refused person is told of the rules that were looked at: those that concern them, the rest counted. */
import { expect, it } from "vitest";
import { mostPassedRules, passedRules } from "../../../policies/passed-rules.ts";
import { prepared } from "./parts.ts";

const many = Array.from(
  { length: mostPassedRules + 5 },
  (_, at) =>
    `  - { id: M${at}, plane: [isolated], to: { hosts: [m${at}.example] }, action: allow }`,
);
const policy = prepared(`version: 1
name: p
groups: { staff: {}, jinji: {} }
rules:
  - { id: R1, name: 人事課だけ, plane: [isolated], from: { groups: [jinji] }, to: { any: true }, action: allow }
  - { id: R2, plane: [terminal], to: { any: true }, action: direct }
  - { id: R3, name: 職員, plane: [isolated], from: { groups: [staff] }, to: { hosts: [ok.example] }, action: allow }
  - { id: R4, plane: [isolated], to: { hosts: [.example] }, action: allow, mode: report }
  - { id: R5, plane: [isolated], to: { any: true }, action: allow, expires: 2026-03-31 }
  - { id: R6, plane: [isolated], to: { any: true }, when: { hours: "12:00-13:00" }, action: allow }
  - { id: R7, plane: [isolated], to: { hosts: [.example] }, action: block }
${many.join("\n")}
`);
const ask = {
  ...({ plane: "isolated", user: "u", groups: ["staff"], port: 443, via: "connect" } as const),
  at: Date.parse("2026-04-01T09:00:00+09:00"),
};

it("names what concerns the person, in order, and neither other groups' rules nor what follows", () => {
  expect(passedRules(policy, { ...ask, host: "no.example" })).toEqual({
    rules: [
      { rule: "R3", ruleName: "職員", why: "host" },
      { rule: "R4", why: "report-only" },
      { rule: "R5", why: "expired" },
      { rule: "R6", why: "time" },
    ],
    others: 2,
  });
});

it("names a bounded number", () => {
  const { rules, others } = passedRules(policy, { ...ask, host: "elsewhere.test" });
  expect([rules.length, others]).toEqual([mostPassedRules, 2 + 10]);
});

it("tells nothing of a request that a guard refused before any rule", () => {
  expect(passedRules(policy, { ...ask, host: "no.example", port: 22 })).toEqual({
    rules: [],
    others: 0,
  });
});

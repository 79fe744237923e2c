/** Random small policies and requests over few names, so that rules meet and cover each other often. */
import fc from "fast-check";
import { stringify } from "yaml";
import type { PolicyRequest } from "../../../policies/match.ts";

const names = ["a.example", "b.a.example", "c.b.a.example", "d.example", "example"];
const entries = names.flatMap((name) => [name, `.${name}`]);
const groups = ["g1", "g2"];

const someOf = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const rule = fc.record({
  plane: someOf(["isolated", "terminal"] as const),
  groups: optional(someOf(groups)),
  to: fc.oneof(
    { weight: 1, arbitrary: fc.constant({ any: true as const }) },
    { weight: 6, arbitrary: fc.record({ hosts: someOf(entries) }) },
    { weight: 2, arbitrary: fc.constant({ lists: ["l"] }) },
  ),
  ports: optional(someOf([443, 8443])),
  hours: optional(fc.constantFrom("00:00-12:00", "12:00-24:00")),
  expires: optional(fc.constantFrom("2026-03-01", "2026-06-01")),
  action: fc.constantFrom("allow", "block"),
  mode: fc.constantFrom("enforce", "enforce", "enforce", "report"),
});

export const randomPolicy: fc.Arbitrary<{ text: string; lists: Record<string, string> }> = fc
  .record({
    mode: fc.constantFrom("enforce", "enforce", "report"),
    rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
    list: fc.subarray(entries),
  })
  .map(({ mode, rules, list }) => ({
    text: stringify(
      {
        version: 1,
        name: "random",
        mode,
        tz: "UTC",
        groups: { g1: {}, g2: {} },
        guards: { ports: { connect: [443, 8443], http: [80] } },
        lists: { l: { file: "l.txt" } },
        rules: rules.map(({ groups: from, hours, ports, expires, ...rest }, index) => ({
          id: `R${index}`,
          ...rest,
          ...(from && { from: { groups: from } }),
          ...(hours !== undefined && { when: { hours } }),
          ...(ports && { ports }),
          ...(expires !== undefined && { expires }),
        })),
      },
      // Anchors are a mistake in a policy.
      { aliasDuplicateObjects: false },
    ),
    lists: { "l.txt": list.map((entry) => `${entry}\n`).join("") },
  }));

export const randomRequest: fc.Arbitrary<PolicyRequest> = fc.record({
  plane: fc.constantFrom("isolated" as const, "terminal" as const),
  user: fc.constant("u"),
  groups: fc.subarray(groups),
  host: fc.constantFrom(...names, "x.a.example", "y.d.example", "other.test"),
  port: fc.constantFrom(443, 8443, 22),
  via: fc.constant("connect" as const),
  at: fc.integer({ min: Date.parse("2026-02-01"), max: Date.parse("2026-08-01") }),
});

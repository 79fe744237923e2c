/** What a request can lead to: which entries in which lists open it, and when none does. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EntryForm } from "../../../policies/entry-forms.ts";
import { formsOf } from "../../../policies/entry-forms.ts";
import { decide, type PolicyRequest } from "../../../policies/match.ts";
import { outlook, ownerOf, withAdditions } from "../../../policies/openings.ts";
import { prepared, problemsOf } from "./parts.ts";

const policy = prepared(
  `version: 1
name: p
groups: { koho: {} }
lists:
  deny: { file: lists/deny.txt, effect: deny, owner: 情報政策課 }
  final: { hosts: [.malware.example] }
  inline: { hosts: [inline.example] }
  koho: { file: lists/koho.txt }
  allow: { file: lists/allow.txt, effect: allow }
  squid: { file: lists/squid.txt, format: [squid] }
rules:
  - { id: R010, plane: [isolated, terminal], to: { lists: [final] }, action: block, appeal: none }
  - { id: R100, plane: [isolated, terminal], to: { lists: [deny] }, action: block }
  - { id: R150, plane: [isolated], to: { hosts: [.fixed.example] }, action: block, owner: 総務課 }
  - { id: R200, plane: [isolated], from: { groups: [koho] }, to: { lists: [koho] }, action: allow }
  - { id: R300, plane: [isolated], to: { lists: [allow, inline, squid] }, action: allow }
`,
  {
    "lists/deny.txt": ".denied.example\nopen.example\nodd.example\n!odd.example\n",
    "lists/koho.txt": "",
    "lists/allow.txt": "open.example\n",
    "lists/squid.txt": "",
  },
);
const ask = (host: string, more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  plane: "isolated",
  user: "",
  groups: [],
  port: 443,
  via: "connect",
  at: Date.parse("2026-04-01T12:00:00+09:00"),
  host,
  ...more,
});
const waysOf = (request: PolicyRequest, entry = request.host) => {
  const found = outlook(policy, request, entry);
  return found.state === "askable" ? found.openings.map(({ id }) => id) : found;
};

describe("a refused request", () => {
  it.each<[string, PolicyRequest, string[]]>([
    ["by the default is opened by a list of an allowing rule", ask("a.example"), ["allow"]],
    [
      "of somebody in a group is opened by that group's list as well",
      ask("a.example", { groups: ["koho"] }),
      ["koho", "allow"],
    ],
    ["by a deny list alone needs the exception alone", ask("open.example"), ["!deny"]],
    [
      "by a deny list and the default needs both entries",
      ask("www.denied.example"),
      ["!deny allow"],
    ],
  ])("%s", (_sentence, request, ways) => {
    expect(waysOf(request)).toEqual(ways);
  });

  it.each<[string, PolicyRequest, string]>([
    ["a rule without appeal", ask("x.malware.example"), "final"],
    ["a port that guards close", ask("a.example", { port: 8080 }), "guard"],
    ["a rule before all lists that open", ask("www.fixed.example"), "no-list"],
  ])("by %s cannot be asked for", (_what, request, why) => {
    expect(waysOf(request)).toMatchObject({ state: "never", why });
  });

  it("that the policy lets through by now needs nobody", () => {
    expect(waysOf(ask("inline.example"))).toMatchObject({ state: "open" });
    expect(waysOf(ask("www.denied.example", { plane: "terminal" }))).toEqual(["!deny"]);
  });

  it("is opened as wide as the entry, and for whom the rule says", () => {
    const found = outlook(
      policy,
      ask("www.denied.example", { groups: ["koho"] }),
      ".denied.example",
    );
    expect(found).toMatchObject({
      state: "askable",
      openings: [
        { id: "!deny koho", rule: "R200", groups: ["koho"], verdict: "allow" },
        { id: "!deny allow", rule: "R300", groups: [] },
      ],
    });
    if (found.state !== "askable") throw new Error();
    const changed = withAdditions(policy, found.openings[1]?.additions ?? []);
    expect(decide(changed, ask("other.denied.example")).verdict).toBe("allow");
    expect(decide(policy, ask("other.denied.example")).verdict).toBe("block");
  });

  it("with an exception for the same name stays as the file would have it", () => {
    const changed = withAdditions(policy, [{ list: "deny", entry: "odd.example" }]);
    expect(decide(changed, ask("odd.example")).rule).toBe("default");
  });

  it("names who answers: the rule's owner, else the list's", () => {
    const owner = (host: string) => ownerOf(policy, decide(policy, ask(host)));
    expect(owner("www.fixed.example")).toBe("総務課");
    expect(owner("www.denied.example")).toBe("情報政策課");
    expect(owner("a.example")).toBeUndefined();
  });
});

describe("forms of an entry", () => {
  it.each<[string, [EntryForm, string][]]>([
    [
      "www.city.example.jp",
      [
        ["exact", "www.city.example.jp"],
        ["below", ".www.city.example.jp"],
        ["domain", ".example.jp"],
      ],
    ],
    [
      "example.jp",
      [
        ["exact", "example.jp"],
        ["below", ".example.jp"],
      ],
    ],
    [
      "d1.cloudfront.net",
      [
        ["exact", "d1.cloudfront.net"],
        ["below", ".d1.cloudfront.net"],
      ],
    ],
    ["cloudfront.net", [["exact", "cloudfront.net"]]],
    ["co.jp", [["exact", "co.jp"]]],
    ["192.0.2.1", [["exact", "192.0.2.1"]]],
    ["2001:db8::1", [["exact", "2001:db8::1"]]],
  ])("of %s are never wider than its domain", (host, forms) => {
    expect(formsOf(host).map(({ form, entry }) => [form, entry])).toEqual(forms);
  });
});

it("appeal: is for rules that block", () => {
  const text = (action: string) =>
    `version: 1\nname: p\nrules:\n  - { id: R1, plane: [isolated], to: { any: true }, action: ${action}, appeal: none }\n`;
  expect(problemsOf(text("block"))).toEqual([]);
  expect(problemsOf(text("allow"))).toMatchObject([{ line: 4 }]);
});

it("an entry tried in thought decides as the same line in the file would", () => {
  const name = fc.constantFrom("a.example", "b.a.example", "example", "x.example");
  const entry = fc
    .tuple(fc.constantFrom("", "!"), fc.constantFrom("", ".", "*."), name)
    .map((parts) => parts.join(""));
  const text = (edits: boolean) => `version: 1
name: p
lists: { l: { file: lists/l.txt${edits ? ", edits: lists/e.txt" : ""} } }
rules:
  - { id: R1, plane: [isolated], to: { lists: [l] }, action: allow }
`;
  const list = fc.array(entry, { maxLength: 5 });
  fc.assert(
    fc.property(list, list, fc.boolean(), entry, name, (own, more, edits, added, host) => {
      const lines = (entries: string[]) => entries.map((each) => `${each}\n`).join("");
      const files = { "lists/l.txt": lines(own), "lists/e.txt": lines(edits ? more : []) };
      const tried = withAdditions(prepared(text(edits), files), [{ list: "l", entry: added }]);
      const file = edits ? "lists/e.txt" : "lists/l.txt";
      const written = prepared(text(edits), { ...files, [file]: `${files[file]}${added}\n` });
      expect(decide(tried, ask(host)).verdict).toBe(decide(written, ask(host)).verdict);
    }),
    { numRuns: 500 },
  );
});

/** Owner, expiry, terminals, ports, paths, parents, `auth: none`: accepted where they mean something, told where not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../../policies/explain.ts";
import { decide } from "../../../policies/match.ts";
import { canonicalPath } from "../../../policies/paths.ts";
import { runTests } from "../../../policies/run-tests.ts";
import { compileText, prepared, problemsOf } from "./parts.ts";

const text = `version: 1
name: p
groups: { staff: {}, counter: { terminals: [10.20.0.0/16] } }
parents: { isp: { host: proxy.example.lg.jp, port: 8080, tls: true, auth: { user: city, password_file: isp.password } } }
rules:
  - { id: R010, plane: [terminal], from: { terminals: [10.9.0.0/24] }, to: { any: true }, action: block, owner: 情報政策課 }
  - { id: R100, plane: [terminal], to: { hosts: [.update.example], ports: [443] }, auth: none, action: direct, via: isp }
  - { id: R200, plane: [terminal], from: { groups: [counter] }, to: { hosts: [kiosk.example] }, action: direct }
  - { id: R300, plane: [isolated], to: { hosts: [www.example], paths: [/public/] }, action: allow }
`;
const policy = prepared(text);
const ask = { user: "u", groups: [], at: Date.parse("2026-04-01T12:00:00+09:00") } as const;

describe("the fields of a rule", () => {
  const terminal = { ...ask, plane: "terminal", port: 443, via: "connect" } as const;
  it("an owner comes with the decision", () => {
    expect(decide(policy, { ...terminal, host: "a.example", terminal: "10.9.0.7" })).toMatchObject({
      rule: "R010",
      owner: "情報政策課",
    });
  });
  it("terminals in mapped clothes are the same terminals; unknown ones match no range", () => {
    const host = "a.example";
    expect(decide(policy, { ...terminal, host, terminal: "::ffff:10.9.0.7" }).rule).toBe("R010");
    expect(decide(policy, { ...terminal, host, terminal: "10.9.1.7" }).rule).toBe("default");
    expect(decide(policy, { ...terminal, host }).rule).toBe("default");
  });
  it("a parent proxy comes with the decision, on the ports of the rule", () => {
    const host = "a.update.example";
    expect(decide(policy, { ...terminal, host })).toMatchObject({ rule: "R100", via: "isp" });
    expect(decide(policy, { ...terminal, host, port: 80, via: "http" }).rule).toBe("default");
  });
  it("a group of terminals holds whoever sits there", () => {
    const host = "kiosk.example";
    expect(decide(policy, { ...terminal, host, terminal: "10.20.3.4" }).rule).toBe("R200");
    expect(decide(policy, { ...terminal, host, terminal: "10.21.3.4" }).rule).toBe("default");
  });
  it.each([
    ["/public/a?b", "R300"],
    ["/public/", "R300"],
    ["/%70ublic/a", "R300"],
    ["/public", "default"],
    ["/public/../secret", "default"],
    ["/public/%2e%2e/secret", "default"],
    ["/publicity", "default"],
    [undefined, "default"],
  ])("plain HTTP path %s is judged by %s", (path, rule) => {
    const request = {
      ...ask,
      plane: "isolated",
      host: "www.example",
      port: 80,
      via: "http",
    } as const;
    expect(decide(policy, { ...request, ...(path !== undefined && { path }) }).rule).toBe(rule);
  });
  it("a tunnel shows no path, so a rule with paths does not match it", () => {
    const question = { ...ask, plane: "isolated" } as const;
    const of = (url: string) =>
      explain(policy, { ...question, target: { kind: "url", text: url } }).rule;
    expect(of("https://www.example/public/a")).toBe("default");
    expect(of("http://www.example/public/a")).toBe("R300");
  });
});

it.each([
  ["/a/./b//c", "/a/b/c"],
  ["/a/b/..", "/a/"],
  ["/../..", "/"],
  ["\\a", undefined],
  ["/a\\..\\b", "/b"],
  ["/a%2fb", "/a%2Fb"],
  ["/日本", undefined],
  ["a", undefined],
])("the path %s is %s", (path, canonical) => {
  expect(canonicalPath(path)).toBe(canonical);
});

describe("mistakes", () => {
  const rule = (body: string) => `version: 1
name: p
groups: { staff: {} }
rules:
  - { id: R1, ${body} }
`;
  const table: readonly (readonly [sentence: string, body: string, en: string])[] = [
    [
      "terminals on the isolated plane",
      "plane: [isolated], from: { terminals: [10.0.0.0/8] }, to: { any: true }, action: block",
      "terminal plane only",
    ],
    [
      "auth on the isolated plane",
      "plane: [isolated], to: { any: true }, auth: none, action: block",
      "terminal plane only",
    ],
    [
      "auth: none and a group",
      "plane: [terminal], from: { groups: [staff] }, to: { any: true }, auth: none, action: direct",
      "nobody is known",
    ],
    [
      "from: with nothing in it",
      "plane: [terminal], from: {}, to: { any: true }, action: direct",
      "Write groups: or terminals:",
    ],
    [
      "ports twice",
      "plane: [isolated], to: { any: true, ports: [443] }, ports: [443], action: allow",
      "once",
    ],
    [
      "a path without a slash",
      "plane: [isolated], to: { any: true, paths: [a] }, action: allow",
      "from the slash on",
    ],
    [
      "a parent that is not there",
      "plane: [isolated], to: { any: true }, via: isp, action: allow",
      'no parent proxy "isp"',
    ],
    [
      "a terminal range with host bits",
      "plane: [terminal], from: { terminals: [10.1.2.3/8] }, to: { any: true }, action: direct",
      '"10.0.0.0/8"',
    ],
  ];
  it.each(table)("%s", (_sentence, body, en) => {
    const [first] = problemsOf(rule(body));
    expect(first?.line).toBe(5);
    expect(first?.en).toContain(en);
    expect(first?.ja).toMatch(/[ぁ-ん]/);
  });
  it("warns that a path does not stop https", () => {
    const result = compileText(
      rule("plane: [isolated], to: { any: true, paths: [/x] }, action: block"),
    );
    expect(result.ok && result.warnings.map(({ line, en }) => [line, en])).toEqual([
      [5, expect.stringContaining("plain HTTP only") as string],
    ]);
  });
});

it("the example of the design loads as it stands, and its tests pass once its feed is there", () => {
  const example = readFileSync(join(import.meta.dirname, "example.yaml"), "utf8");
  const files = {
    "lists/ms-update.txt": ".windowsupdate.example\n",
    "lists/news.txt": "",
    "lists/ads-1m.txt": "ads.example\n",
  };
  const without = compileText(example, files);
  expect(without.ok && without.warnings.map(({ en }) => en)).toEqual([
    expect.stringContaining("has not been fetched yet") as string,
  ]);
  const complete = prepared(example, {
    ...files,
    "feeds/m365-endpoints.txt": "outlook.office365.com\n",
  });
  const failed = runTests(complete, Date.now()).filter(({ passed }) => !passed);
  expect(failed.map(({ test, got }) => [test.line, got.rule])).toEqual([]);
});

it.each([
  ["*.lg.jp", "public suffix"],
  [".github.io", "public suffix"],
  [".akamaized.net", "shared by all"],
])("an allow list that says %s draws a warning, a deny list does not", (entry, en) => {
  const text = (action: string) => `version: 1
name: p
lists: { a: { file: a.txt } }
rules: [{ id: R1, plane: [isolated], to: { lists: [a] }, action: ${action} }]
`;
  const warnings = (action: string) => {
    const result = compileText(text(action), { "a.txt": `www.city.example.lg.jp\n${entry}\n` });
    return result.ok ? result.warnings.map((each) => [each.file, each.line, each.en]) : undefined;
  };
  expect(warnings("allow")).toEqual([["a.txt", 2, expect.stringContaining(en) as string]]);
  expect(warnings("block")).toEqual([]);
});

it("a whole top-level domain cannot be opened, and is told where it is stopped", () => {
  const text = (action: string) => `version: 1
name: p
lists: { a: { file: a.txt } }
rules: [{ id: R1, plane: [isolated], to: { lists: [a], hosts: [x.example] }, action: ${action} }]
`;
  for (const entry of [".jp", "*.jp", ".com"]) {
    const list = { "a.txt": `www.city.example.lg.jp\n${entry}\n` };
    const [first, ...more] = problemsOf(text("allow"), list);
    expect([first?.file, first?.line, more]).toEqual(["a.txt", 2, []]);
    expect(first?.en).toContain("would open every site below it");
    const stopped = compileText(text("block"), list);
    expect(stopped.ok && stopped.warnings.map(({ line, en }) => [line, en])).toEqual([
      [2, expect.stringContaining("stops every site below it")],
    ]);
  }
  for (const [entry, better] of [
    ["com", "example.com"],
    ["jp", "example.jp"],
  ] as const)
    expect(problemsOf(text("block"), { "a.txt": `${entry}\n` })[0]?.en).toBe(
      `"${entry}" is a public suffix and no site; write "${better}".`,
    );
  // A name of the site's own network is no public suffix.
  expect(problemsOf(text("allow"), { "a.txt": "intranet\n" })).toEqual([]);
});

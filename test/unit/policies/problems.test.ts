import { describe, expect, it } from "vitest";
import { problemsOf } from "./parts.ts";

const base = [
  "version: 1",
  "name: p",
  "lists:",
  "  a: { file: lists/a.txt, effect: allow }",
  "rules:",
  "  - { id: R1, plane: [isolated], to: { lists: [a] }, action: allow }",
];
const lists = { "lists/a.txt": "a.example\n" };
/** The good policy with one line replaced (from 1) or added at the end. */
const withLine = (line: number, text: string) =>
  [...base.slice(0, line - 1), text, ...base.slice(line)].join("\n");

it("the policy that the others are variations of is good", () => {
  expect(problemsOf(base.join("\n"), lists)).toEqual([]);
});

describe("each mistake is found at its place and says what to write", () => {
  const table: readonly (readonly [
    sentence: string,
    text: string,
    line: number,
    column: number,
    en: string,
  ])[] = [
    ["broken YAML", withLine(4, "  a: { file: lists/a.txt"), 5, 1, "not valid YAML"],
    ["a key twice", withLine(2, "name: p\nname: q"), 3, 1, '"name" stands here twice'],
    ["a tag", withLine(2, "name: !!js/function x"), 2, 7, "Tags cannot be used"],
    [
      "a key twice, deep inside",
      withLine(4, "  a: { file: lists/a.txt, owner: x, file: lists/b.txt }"),
      4,
      37,
      '"file" stands here twice',
    ],
    ["an anchor", withLine(2, "name: &n p"), 2, 7, '"&name" cannot be used'],
    ["an alias", withLine(4, "  a: { hosts: [x.example, *n] }"), 4, 27, '"*name" and "<<"'],
    ["a merge key", withLine(4, "  a: { <<: { file: lists/a.txt } }"), 4, 8, '"<<" cannot be used'],
    ["a list as a key", withLine(4, "  ? [a]\n  : { file: lists/a.txt }"), 4, 5, "as one word"],
    ["a tab", withLine(4, "\ta: { file: lists/a.txt }"), 4, 1, "write spaces"],
    ["a second document", `${base.join("\n")}\n---\nversion: 1\n`, 7, 1, "second document"],
    ["a control character", withLine(2, "name: p\u0007"), 2, 8, "invisible character (U+0007)"],
    [
      "a character that turns the text round",
      withLine(2, "name: p\u202eq"),
      2,
      8,
      "invisible character (U+202E)",
    ],
    ["nothing but brackets", "[".repeat(200_000), 1, 101, "nested too deeply"],
    [
      "ten thousand keys",
      withLine(4, Array.from({ length: 10_001 }, (_, n) => `  a${n}: {}`).join("\n")),
      4,
      3,
      "more than 10000 keys",
    ],
    ["another version", withLine(1, "version: 2"), 1, 10, '"version" must be 1'],
    [
      "a missing name",
      base.filter((line) => line !== "name: p").join("\n"),
      1,
      1,
      '"name" is missing',
    ],
    [
      "a misspelt key",
      withLine(6, "  - { id: R1, plane: [isolated], to: { lists: [a] }, acton: allow }"),
      6,
      54,
      'write "action"',
    ],
    [
      "a key that is nothing like ours",
      withLine(2, "name: p\nfoo: 1"),
      3,
      1,
      "the keys here are version",
    ],
    [
      "a misspelt key deep inside",
      withLine(6, "  - { id: R1, plane: [isolated], to: { list: [a] }, action: allow }"),
      6,
      40,
      'write "lists"',
    ],
    [
      "an unknown action",
      withLine(6, "  - { id: R1, plane: [isolated], to: { lists: [a] }, action: permit }"),
      6,
      62,
      "must be block | isolate | allow | direct",
    ],
    [
      "an unknown plane",
      withLine(6, "  - { id: R1, plane: [inside], to: { lists: [a] }, action: allow }"),
      6,
      23,
      "must be isolated | terminal",
    ],
    [
      "an unknown list",
      withLine(6, "  - { id: R1, plane: [isolated], to: { lists: [b] }, action: allow }"),
      6,
      48,
      'no list "b"; write "a"',
    ],
    [
      "an unknown group",
      withLine(
        6,
        "  - { id: R1, plane: [isolated], from: { groups: [staff] }, to: { lists: [a] }, action: allow }",
      ),
      6,
      51,
      'no group "staff"',
    ],
    ...["税務\u200b課", "か\u3099かり", "-係", "_proto", "税務 課"].map(
      (name) =>
        [
          `the group ${JSON.stringify(name)}`,
          withLine(
            6,
            `  - { id: R1, plane: [isolated], from: { groups: ["${name}"] }, to: { lists: [a] }, action: allow }`,
          ),
          6,
          51,
          "A group's name is up to 64 letters",
        ] as const,
    ),
    [
      "the same id twice",
      `${base.join("\n")}\n  - { id: R1, plane: [isolated], to: { any: true }, action: block }`,
      7,
      11,
      "used on line 6 already",
    ],
    [
      "a reserved id",
      withLine(6, "  - { id: default, plane: [isolated], to: { lists: [a] }, action: allow }"),
      6,
      11,
      "reserved",
    ],
    [
      "an id that is a guard's",
      withLine(6, "  - { id: guard.host, plane: [isolated], to: { lists: [a] }, action: allow }"),
      6,
      11,
      "Give an id such as R100",
    ],
    [
      "nothing to match",
      withLine(6, "  - { id: R1, plane: [isolated], to: {}, action: allow }"),
      6,
      38,
      "Write to: { any: true }",
    ],
    [
      "everything and something",
      withLine(
        6,
        "  - { id: R1, plane: [isolated], to: { any: true, lists: [a] }, action: allow }",
      ),
      6,
      38,
      "Write to: { any: true }",
    ],
    [
      "an action of the other plane",
      withLine(6, "  - { id: R1, plane: [isolated], to: { lists: [a] }, action: direct }"),
      6,
      62,
      "terminal plane only",
    ],
    [
      "a list used against its purpose",
      withLine(6, "  - { id: R1, plane: [isolated], to: { lists: [a] }, action: block }"),
      6,
      48,
      "effect: allow",
    ],
    [
      "a list file that is not there",
      withLine(4, "  a: { file: lists/none.txt }"),
      4,
      14,
      "cannot be read",
    ],
    [
      "a list with two sources",
      withLine(4, "  a: { file: lists/a.txt, hosts: [a.example] }"),
      4,
      6,
      "only one of them",
    ],
    [
      "a list without a source",
      withLine(4, "  a: { owner: joho }"),
      4,
      6,
      "either file: or hosts:",
    ],
    [
      "a host in capitals",
      withLine(4, "  a: { hosts: [ok.example, WWW.Example] }"),
      4,
      28,
      'write "www.example"',
    ],
    ["every site", withLine(4, '  a: { hosts: ["*"] }'), 4, 16, "write to: { any: true }"],
    ["a star inside", withLine(4, '  a: { hosts: ["a.*.jp"] }'), 4, 16, "no host name has"],
    ["an excepted path", withLine(4, '  a: { hosts: ["!a.example/x"] }'), 4, 16, "only names can"],
    [
      "a path in another spelling",
      withLine(4, '  a: { hosts: ["a.example/a/../b"] }'),
      4,
      16,
      'write "a.example/b"',
    ],
    [
      "a URL",
      withLine(4, '  a: { hosts: ["https://www.example.jp/a?b"] }'),
      4,
      16,
      'write "www.example.jp"',
    ],
    [
      "a Japanese name",
      withLine(4, "  a: { hosts: [日本語．ｊｐ] }"),
      4,
      16,
      'write "xn--wgv71a119e.jp"',
    ],
    [
      "a port in a host",
      withLine(4, '  a: { hosts: ["example.jp:443"] }'),
      4,
      16,
      'write "example.jp"',
    ],
    ["localhost", withLine(4, "  a: { hosts: [localhost] }"), 4, 16, "can never be opened"],
    [
      "line breaks meant for another program",
      withLine(4, '  a: { hosts: ["a.example\\nhttp_access allow all"] }'),
      4,
      16,
      "contains a character that no host name has",
    ],
    [
      "a date that does not exist",
      withLine(4, "  a: { file: lists/a.txt, expires: 2026-02-30 }"),
      4,
      36,
      "no day 2026-02-30",
    ],
    [
      "a date in another form",
      withLine(4, "  a: { file: lists/a.txt, expires: 31/3/2026 }"),
      4,
      36,
      "2027-03-31",
    ],
    [
      "a range that is none",
      withLine(2, "name: p\nguards: { deny_ip: [10.0.0/8] }"),
      3,
      21,
      "203.0.113.0/24",
    ],
    [
      "a range with host bits",
      withLine(2, "name: p\nguards: { deny_ip: [10.1.2.3/8] }"),
      3,
      21,
      'write "10.0.0.0/8"',
    ],
    [
      "the SNI guard switched off",
      withLine(2, "name: p\nguards: { sni: { require: false } }"),
      3,
      27,
      "must be true",
    ],
    [
      "a port that the guards close",
      withLine(
        6,
        "  - { id: R1, plane: [isolated], to: { lists: [a] }, ports: [8443], action: allow }",
      ),
      6,
      62,
      "closed by guards.ports",
    ],
    [
      "days that are none",
      withLine(
        6,
        "  - { id: R1, plane: [isolated], when: { days: weekdays }, to: { lists: [a] }, action: allow }",
      ),
      6,
      48,
      'write "mon-fri"',
    ],
    [
      "hours that are none",
      withLine(
        6,
        '  - { id: R1, plane: [isolated], when: { hours: "9-17" }, to: { lists: [a] }, action: allow }',
      ),
      6,
      49,
      'write "08:30-17:15"',
    ],
    ["a zone that is none", withLine(2, "name: p\ntz: Asia/Tokio"), 3, 5, 'such as "Asia/Tokyo"'],
    [
      "a test for a rule that is not there",
      `${base.join("\n")}\ntests: [{ plane: isolated, url: "http://a/", expect: block, rule: R2 }]`,
      7,
      67,
      'write "R1"',
    ],
    [
      "a test without a question",
      `${base.join("\n")}\ntests: [{ plane: isolated, expect: block }]`,
      7,
      9,
      "either url: or connect:",
    ],
  ];
  it.each(table)("%s", (_sentence, text, line, column, en) => {
    const found = problemsOf(text, lists);
    const [first] = found;
    expect({ line: first?.line, column: first?.column }, JSON.stringify(found)).toEqual({
      line,
      column,
    });
    expect(first?.en).toContain(en);
    expect(first?.ja).toMatch(/[ぁ-ん]/);
  });
});

it("list files report their own lines, after the main file's", () => {
  const text = withLine(4, "  a: { file: lists/a.txt, hosts: [] }");
  const found = problemsOf(text, {
    "lists/a.txt":
      "ok.example  # 説明\n\n  *.*.jp\nhttp://x.example/\nok.example\nevil.example;rm\n",
  });
  expect(found.map(({ file, line, column }) => [file, line, column])).toEqual([
    ["policy.yaml", 4, 6],
    ["lists/a.txt", 3, 3],
    ["lists/a.txt", 4, 1],
    ["lists/a.txt", 6, 1],
  ]);
});

/** A policy made of several files: real folders, read as the product reads them. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lintPolicy } from "../../../policies/lint.ts";
import { readSource } from "../../../policies/lint-source.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { decide, preparePolicy, type TraceStep } from "../../../policies/match.ts";
import { runTests } from "../../../policies/run-tests.ts";

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hanare-test-"));
  folder = join(root, "policy");
});
afterEach(() => rm(root, { recursive: true }));

async function load(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return loadPolicy(join(folder, "policy.yaml"));
}
const short = (file: string) => file.slice(folder.length + 1);

async function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  const loaded = await load(files);
  if (loaded.ok) return [];
  for (const { ja } of loaded.problems) expect(ja).toMatch(/[ぁ-ん]/);
  return loaded.problems.map(
    ({ file, line, column, en }) => `${short(file)}:${line}:${column} ${en}`,
  );
}

const main = (more: string) => `version: 1
name: p
include: [urgent.yaml, rules/kouhou.yaml]
${more}
rules:
  - { id: R900, plane: [isolated], to: { hosts: [.example.jp] }, action: allow }
`;
const urgent = `rules:
  - { id: R010, plane: [isolated], to: { hosts: [bad.example.jp] }, action: block }
`;
const kouhou = `groups: { kouhou: {} }
lists: { sns: { file: lists/sns.txt }, own: { hosts: [v.example] } }

rules:
  - { id: R100, plane: [isolated], from: { groups: [kouhou] }, to: { lists: [sns, own] }, action: allow }
tests:
  - { plane: isolated, groups: [kouhou], url: "https://s.example/", expect: allow, rule: R100 }
`;
const good = {
  "policy.yaml": main(""),
  "urgent.yaml": urgent,
  "rules/kouhou.yaml": kouhou,
  "lists/sns.txt": "s.example\n",
};

describe("included files", () => {
  it("add their rules before those of the file that names them, and say which file they are", async () => {
    const loaded = await load(good);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    expect(loaded.files.map(short)).toEqual([
      ...["policy.yaml", "urgent.yaml", "rules/kouhou.yaml", "lists/sns.txt"],
    ]);
    expect(loaded.policy.rules.map(({ id, file, line }) => [id, file, line])).toEqual([
      ["R010", "urgent.yaml", 2],
      ["R100", "rules/kouhou.yaml", 5],
      ["R900", undefined, 6],
    ]);
    const prepared = preparePolicy(loaded.policy, loaded.indexes);
    const ask = (host: string, groups: string[] = []) => {
      const trace: TraceStep[] = [];
      const request = { plane: "isolated", user: "u", groups, host, port: 443, at: 0 } as const;
      const { rule, ruleFile, hit } = decide(prepared, { ...request, via: "connect" }, trace);
      return [rule, ruleFile, hit?.file, hit?.line, trace.at(-1)?.file];
    };
    expect(ask("bad.example.jp")).toEqual([
      "R010",
      ...["urgent.yaml", "urgent.yaml"],
      2,
      "urgent.yaml",
    ]);
    expect(ask("s.example", ["kouhou"]).slice(0, 4)).toEqual([
      ...["R100", "rules/kouhou.yaml", "lists/sns.txt", 1],
    ]);
    expect(ask("v.example", ["kouhou"]).slice(2, 4)).toEqual(["rules/kouhou.yaml", 2]);
    expect(ask("x.example.jp")).toEqual(["R900", undefined, undefined, 6, undefined]);
    expect(runTests(prepared, 0).map(({ passed, test }) => [passed, test.file])).toEqual([
      [true, "rules/kouhou.yaml"],
    ]);
  });

  it("may include further ones", async () => {
    const loaded = await load({
      ...good,
      "urgent.yaml": `include: [deeper/a.yaml]\n${urgent}`,
      "deeper/a.yaml": urgent.replace("R010", "R001"),
    });
    expect(loaded.ok && loaded.policy.rules.map(({ id }) => id)).toEqual([
      ...["R001", "R010", "R100", "R900"],
    ]);
  });

  it("are found at their own places by lint", async () => {
    await load({ ...good, "urgent.yaml": urgent.replace("bad.example.jp", ".example.jp") });
    const read = await readSource(join(folder, "policy.yaml"));
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const found = lintPolicy(read.source, { now: 0 });
    expect(found.map(({ code, file, line, about }) => [code, short(file), line, about])).toEqual([
      ["unreachable", "policy.yaml", 6, "R900"],
    ]);
    await load({ "rules/kouhou.yaml": kouhou.replace("[sns, own]", "[sns]") });
    const again = await readSource(join(folder, "policy.yaml"));
    const unused = again.ok ? lintPolicy(again.source, { now: 0 }).at(-1) : undefined;
    expect([unused?.code, short(unused?.file ?? ""), unused?.line]).toEqual([
      ...["unused", "rules/kouhou.yaml", 2],
    ]);
  });
});

describe("mistakes name the file that they stand in", () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    [
      "a misspelt key of a rule",
      { "rules/kouhou.yaml": kouhou.replace("action", "acton") },
      'rules/kouhou.yaml:5:91 There is no key "acton"; write "action".',
    ],
    [
      "a list that is not there",
      { "rules/kouhou.yaml": kouhou.replace("[sns, own]", "[sms]") },
      'rules/kouhou.yaml:5:78 There is no list "sms"; write "sns".',
    ],
    ["broken YAML", { "urgent.yaml": "rules: [" }, "urgent.yaml:1:9 This is not valid YAML"],
    ["a tab", { "urgent.yaml": "rules:\n\t- 1\n" }, "urgent.yaml:2:1 A tab is used"],
    [
      "what is set once",
      { "urgent.yaml": `${urgent}mode: report\n` },
      'urgent.yaml:3:1 "mode" is set once',
    ],
    [
      "another key",
      { "urgent.yaml": "rule: []\n" },
      'urgent.yaml:1:1 There is no key "rule"; write',
    ],
    [
      "no list of rules",
      { "urgent.yaml": "rules: 1\n" },
      'urgent.yaml:1:8 Write "rules" as a list.',
    ],
    ["no map", { "urgent.yaml": "- 1\n" }, "urgent.yaml:1:1 Write an included file as"],
    [
      "an id twice",
      { "urgent.yaml": urgent.replace("R010", "R900") },
      'policy.yaml:6:11 The rule id "R900" is used',
    ],
    [
      "a name twice",
      { "urgent.yaml": "groups: { kouhou: {} }\n" },
      'rules/kouhou.yaml:1:11 "kouhou" stands in groups: of another file too',
    ],
    ["CP932", { "urgent.yaml": "" }, "urgent.yaml:2:1 This is not UTF-8 (perhaps Shift_JIS)"],
  ])("%s", async (name, change, expected) => {
    await load({ ...good, ...change });
    if (name === "CP932")
      await writeFile(
        join(folder, "urgent.yaml"),
        Buffer.from("rules: []\n# \x93\xfa\n", "latin1"),
      );
    const [first] = await problems({});
    expect(first?.slice(0, expected.length)).toBe(expected);
  });
});

describe("nothing but files of the folder is read, and each once", () => {
  const including = (...names: string[]) =>
    `version: 1\nname: p\ninclude: [${names.join(", ")}]\nrules: []\n`;
  it.each<[string, string, string]>([
    ["a way out", "../out.yaml", "leads out of the policy's folder"],
    ["a longer way out", "a/../../out.yaml", "leads out of the policy's folder"],
    ["an absolute path", "/etc/hostname", "leads out of the policy's folder"],
    ["a link that leads out", "link.yaml", "leads out of the policy's folder"],
    ["a folder that leads out", "linked/out.yaml", "leads out of the policy's folder"],
    ["what is not there", "none.yaml", "cannot be read"],
    ["a folder", "rules", "cannot be read"],
    ["a number", "5", "Write file names"],
    ["itself", "self.yaml", "in a circle (self.yaml → self.yaml)"],
    ["a circle", "a.yaml", "in a circle (a.yaml → b.yaml → a.yaml)"],
    ["one twice", "one.yaml, ./one.yaml", "included twice"],
    ["too deep", "d1.yaml", "too deeply (limit 5)"],
  ])("%s", async (_name, names, expected) => {
    await mkdir(join(folder, "rules"), { recursive: true });
    await writeFile(join(root, "out.yaml"), "secret: 1\n");
    await symlink(join(root, "out.yaml"), join(folder, "link.yaml"));
    await symlink(root, join(folder, "linked"));
    const found = await problems({
      "policy.yaml": including(names),
      "self.yaml": "include: [self.yaml]\n",
      "a.yaml": "include: [b.yaml]\n",
      "b.yaml": "include: [a.yaml]\n",
      "one.yaml": "rules: []\n",
      ...Object.fromEntries(
        Array.from({ length: 6 }, (_, n) => [`d${n + 1}.yaml`, `include: [d${n + 2}.yaml]\n`]),
      ),
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
    expect(found[0]).not.toContain("secret");
  });
});

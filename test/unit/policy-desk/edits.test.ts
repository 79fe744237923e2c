/** Edits of list files and rules: what is meant changes, every other byte stays. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { editList, type ListEdit } from "../../../orchestrator/policy-desk/list-text.ts";
import { editRules, type RuleEdit } from "../../../orchestrator/policy-desk/rule-text.ts";

describe("a list file", () => {
  const text =
    "# 見出し\r\n\r\na.example   # 依頼: 総務課\r\n\tb.example\r\n.c.example# no comment\r\n";
  it.each<[string, ListEdit, string | { reason: string }]>([
    [
      "takes an entry at its end, with comment and last day",
      { act: "add", entry: ".d.example", comment: "広報", expires: "2027-03-31" },
      `${text}.d.example  # 広報 @expires=2027-03-31\r\n`,
    ],
    ["does not take the same twice", { act: "add", entry: "b.example" }, { reason: "present" }],
    ["loses a line", { act: "remove", entry: "b.example" }, text.replace("\tb.example\r\n", "")],
    ["cannot lose what is not there", { act: "remove", entry: "x.example" }, { reason: "absent" }],
    [
      "gives an entry a last day and keeps its comment",
      { act: "expire", entry: "a.example", expires: "2027-03-31" },
      text.replace("a.example   # 依頼: 総務課", "a.example  # 依頼: 総務課 @expires=2027-03-31"),
    ],
    [
      "gives an entry a comment",
      { act: "comment", entry: "b.example", comment: "理由" },
      text.replace("\tb.example", "\tb.example  # 理由"),
    ],
    [
      "takes an entry that is put",
      { act: "put", entry: "d.example", comment: "申請", expires: "2027-03-31" },
      `${text}d.example  # 申請 @expires=2027-03-31\r\n`,
    ],
    [
      "renews an entry that is put again, where it stands",
      { act: "put", entry: "a.example", comment: "申請", expires: "2027-03-31" },
      text.replace("a.example   # 依頼: 総務課", "a.example  # 申請 @expires=2027-03-31"),
    ],
  ])("%s", (_name, edit, wanted) => {
    const result = editList(text, edit);
    if (typeof wanted === "string") expect(result).toEqual({ ok: true, text: wanted });
    else expect(result).toEqual({ ok: false, ...wanted });
  });

  it("ends a file that had no last line end, and takes the last day away again", () => {
    const added = editList("a.example", { act: "add", entry: "b.example", expires: "2027-01-01" });
    expect(added).toEqual({ ok: true, text: "a.example\nb.example  # @expires=2027-01-01\n" });
    const lasting = editList("b.example  # x @expires=2027-01-01\n", {
      act: "expire",
      entry: "b.example",
      expires: null,
    });
    expect(lasting).toEqual({ ok: true, text: "b.example  # x\n" });
  });

  it("adding and removing again gives the same bytes, whatever the file", () => {
    const lines = fc.array(
      fc.constantFrom("", "# c", "a.example", "b.example # x", "  c.example", "\t"),
    );
    fc.assert(
      fc.property(lines, fc.constantFrom("\n", "\r\n"), (given, eol) => {
        const before = given.length === 0 ? "" : given.join(eol) + eol;
        const added = editList(before, { act: "add", entry: "new.example" });
        if (!added.ok) throw new Error(added.reason);
        expect(editList(added.text, { act: "remove", entry: "new.example" })).toEqual({
          ok: true,
          text: before,
        });
      }),
    );
  });
});

describe("rules", () => {
  const text = `# 通信ポリシー
version: 1
name: "p"   # 名前

rules:
  # 一番目について
  - id: R1 # id
    name: 一
    plane: [isolated]
    to: { any: true }
    action: allow   # なぜか

  # 二番目について
  - { id: R2, plane: [isolated], to: { hosts: [ a.example ] }, action: block } # 二
  - id: R3
    plane: [isolated]
    to: { any: true }
    action: block
# 終わり
tests: []
`;
  it.each<[string, RuleEdit, (text: string) => string]>([
    [
      "one value changes in place",
      { act: "set", rule: "R1", key: "action", value: "block" },
      (t) => t.replace("action: allow   # なぜか", "action: block   # なぜか"),
    ],
    [
      "a value that needs quotes gets them",
      { act: "set", rule: "R2", key: "action", value: "a, b: c" },
      (t) => t.replace("action: block } # 二", 'action: "a, b: c" } # 二'),
    ],
    [
      "a key comes to a rule written in lines",
      { act: "set", rule: "R3", key: "mode", value: "report" },
      (t) => t.replace("    action: block\n# 終", "    action: block\n    mode: report\n# 終"),
    ],
    [
      "a key comes to a rule written in braces",
      { act: "set", rule: "R2", key: "mode", value: "report" },
      (t) => t.replace("action: block } # 二", "action: block, mode: report } # 二"),
    ],
    [
      "a key goes",
      { act: "set", rule: "R1", key: "name", value: null },
      (t) => t.replace("    name: 一\n", ""),
    ],
    [
      "a rule goes, with the comment above it",
      { act: "remove", rule: "R2" },
      (t) => t.replace(/ {2}# 二番目[^]*# 二\n/, ""),
    ],
    [
      "a rule moves up, with the comment above it",
      { act: "move", rule: "R2", before: "R1" },
      (t) => {
        const block = /( {2}# 二番目[^]*# 二\n)/.exec(t)?.[1] ?? "";
        return t.replace(block, "").replace("  # 一番目", `${block}  # 一番目`);
      },
    ],
    [
      "a rule comes at the end",
      {
        act: "add",
        value: { id: "R4", plane: ["isolated"], to: { any: true }, action: "block" },
        before: null,
      },
      (t) =>
        t.replace(
          "# 終わり",
          "  - id: R4\n    plane:\n      - isolated\n    to:\n      any: true\n    action: block\n# 終わり",
        ),
    ],
  ])("%s, and nothing else changes", (_name, edit, wanted) => {
    expect(editRules(text, edit)).toEqual({ ok: true, text: wanted(text) });
  });

  it.each<[string, RuleEdit, string]>([
    ["a rule that is not there", { act: "remove", rule: "R9" }, "absent"],
    ["a place that is not there", { act: "move", rule: "R1", before: "R9" }, "absent"],
    ["an id twice", { act: "add", value: { id: "R1" }, before: null }, "present"],
    ["the key beside the dash", { act: "set", rule: "R1", key: "owner", value: null }, ""],
  ])("refuses %s", (_name, edit, reason) => {
    const result = editRules(text, edit);
    if (reason === "") expect(result).toEqual({ ok: true, text });
    else expect(result).toEqual({ ok: false, reason });
  });

  it.each([
    ["rules: []\n", "rules:\n", ""],
    ["rules: [] # なし\ntests: []\n", "rules: # なし\n", "tests: []\n"],
    ["version: 1\nrules:\n  [ ]", "version: 1\nrules:\n", ""],
  ])("the first one comes into %j", (file, above, below) => {
    const value = { id: "R1", plane: ["isolated"], action: "block" };
    expect(editRules(file, { act: "add", value, before: null })).toEqual({
      ok: true,
      text: `${above}  - id: R1\n    plane:\n      - isolated\n    action: block\n${below}`,
    });
  });

  it("refuses to take away the key that shares its line with the dash", () => {
    const file = "rules:\n  - name: n\n    id: R1\n    action: block\n";
    const edit = { act: "set", rule: "R1", key: "name", value: null } as const;
    expect(editRules(file, edit)).toEqual({ ok: false, reason: "not-editable" });
  });

  it("moves in any file mean what they say or are refused", () => {
    let moves = 0;
    const rule = fc
      .constantFrom("  # c\n", "", "\n")
      .chain((above) =>
        fc
          .constantFrom("- { id: ID, a: 1 }", "- id: ID\n    a: 1", "- id: ID # x\n    a: 1\n")
          .map((body) => `${above}  ${body}\n`),
      );
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 5 }),
        fc.nat(4),
        fc.option(fc.nat(4), { nil: null }),
        (bodies, from, to) => {
          const file = `rules:\n${bodies.map((body, index) => body.replace("ID", `R${index}`)).join("")}z: 1\n`;
          const [rule, before] = [
            `R${from % bodies.length}`,
            to === null ? null : `R${to % bodies.length}`,
          ];
          if (rule === before) return;
          const moved = editRules(file, { act: "move", rule, before });
          if (!moved.ok) return;
          moves += 1;
          const { rules, z } = parse(moved.text) as { rules: { id: string }[]; z: number };
          const ids = rules.map(({ id }) => id);
          expect(z).toBe(1);
          expect(ids).toHaveLength(bodies.length);
          expect(ids.indexOf(rule)).toBe(
            before === null ? ids.length - 1 : ids.indexOf(before) - 1,
          );
        },
      ),
    );
    expect(moves).toBeGreaterThan(20);
  });
});

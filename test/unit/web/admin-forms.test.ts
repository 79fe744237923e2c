/** What the console's forms send. */
import { describe, expect, it } from "vitest";
import {
  explainBody as explainSchema,
  trialBody,
} from "../../../orchestrator/http/policy-contract.ts";
import { emptyExplainForm, explainBody } from "../../../orchestrator/web/admin/explain-form.ts";
import {
  actionsOf,
  missingIn,
  type NewRule,
  newRuleEdit,
  noNewRule,
  onPlanes,
  type Planes,
} from "../../../orchestrator/web/admin/new-rule.ts";
import { firstValue, ruleActs, ruleEdit } from "../../../orchestrator/web/admin/rule-edit.ts";
import { listEdit, noListChange } from "../../../orchestrator/web/admin/list-edit.ts";
import { compileText } from "../policies/parts.ts";

describe("the explain form", () => {
  const empty = emptyExplainForm("?target=www.example.jp&plane=terminal&user=hanako");

  it.each([
    ["www.example.jp", "https://www.example.jp"],
    [" http://a.example/x ", "http://a.example/x"],
    ["a.example:8443", "a.example:8443"],
  ])("asks for %s as %s", (typed, target) => {
    expect(explainBody({ ...empty, target: typed })).toMatchObject({ target });
  });

  it("asks what the server understands, and leaves out what is empty", () => {
    const body = explainBody({
      ...empty,
      groups: "koho、soumu, koho2",
      at: "2026-04-01T09:00",
      terminal: "10.0.0.1",
      resolves: "192.0.2.1 192.0.2.2",
    });
    expect(explainSchema.parse(body)).toMatchObject({
      plane: "terminal",
      user: "hanako",
      groups: ["koho", "soumu", "koho2"],
      resolves: ["192.0.2.1", "192.0.2.2"],
    });
    expect(Object.keys(explainBody(emptyExplainForm("")))).toEqual(["plane", "target", "groups"]);
  });
});

describe("a list's edit", () => {
  const change = {
    ...noListChange,
    entry: " www.example.jp ",
    comment: "広報 # 2",
    expires: "2027-03-31",
  };
  it.each([
    ["add", { act: "add", entry: "www.example.jp", comment: "広報   2", expires: "2027-03-31" }],
    ["expire", { act: "expire", entry: "www.example.jp", expires: "2027-03-31" }],
    ["remove", { act: "remove", entry: "www.example.jp" }],
  ] as const)("to %s is one that the server takes", (act, wanted) => {
    const edit = listEdit({ ...change, act });
    expect(edit).toEqual(wanted);
    const source = { kind: "edits", edits: [{ kind: "list", list: "allow", edit }] };
    expect(trialBody.safeParse({ source, base: 1 }).success).toBe(true);
  });
});

describe("a rule's edit", () => {
  it.each([
    [
      { act: "mode", value: "report" },
      { act: "set", key: "mode", value: "report" },
    ],
    [
      { act: "message", value: " 開けません " },
      { act: "set", key: "message", value: "開けません" },
    ],
    [
      { act: "expires", value: "" },
      { act: "set", key: "expires", value: null },
    ],
    [
      { act: "move", value: "R010" },
      { act: "move", before: "R010" },
    ],
    [
      { act: "move", value: "" },
      { act: "move", before: null },
    ],
    [{ act: "remove", value: "" }, { act: "remove" }],
  ] as const)("%j is sent as %j", (change, edit) => {
    expect(ruleEdit("R1", change)).toEqual({ rule: "R1", ...edit });
  });

  it("is understood by the server, whatever is done", () => {
    for (const act of ruleActs) {
      const edit = ruleEdit("R1", { act, value: firstValue(act) });
      const source = { kind: "edits", edits: [{ kind: "rule", edit }] };
      expect(trialBody.safeParse({ source, base: 1 }).success, act).toBe(true);
    }
  });
});

describe("a new rule", () => {
  const rule: NewRule = {
    ...noNewRule,
    ...{ id: " R110 ", name: " 統計 ", hosts: "www.a.test\n.b.test、www.a.test", owner: "観光課" },
  };

  it.each<[string, Partial<NewRule>, object]>([
    ["says only what was filled in", { owner: "", name: "" }, { id: "R110", action: "block" }],
    [
      "has its name, its owner and its last day",
      { expires: "2027-03-31" },
      { id: "R110", name: "統計", owner: "観光課", action: "block", expires: "2027-03-31" },
    ],
    [
      "is for the groups that were typed",
      { groups: "koho、soumu" },
      {
        ...{ id: "R110", name: "統計", owner: "観光課", action: "block" },
        from: { groups: ["koho", "soumu"] },
      },
    ],
    [
      "may be tried only, and has its message where it blocks",
      { mode: "report", message: "所属長へ" },
      {
        ...{ id: "R110", name: "統計", owner: "観光課", action: "block" },
        ...{ mode: "report", message: "所属長へ" },
      },
    ],
    [
      "has no message where it does not block",
      { action: "allow", message: "所属長へ" },
      { id: "R110", name: "統計", owner: "観光課", action: "allow" },
    ],
  ])("%s", (_what, part, wanted) => {
    expect(newRuleEdit({ ...rule, ...part })).toEqual({
      act: "add",
      value: { ...wanted, plane: ["isolated"], to: { hosts: ["www.a.test", ".b.test"] } },
      before: null,
    });
  });

  it.each<[Partial<NewRule>, object]>([
    [{ target: "any" }, { to: { any: true } }],
    [{ target: "list", list: "deny" }, { to: { lists: ["deny"] } }],
    [{ planes: "both" }, { plane: ["isolated", "terminal"] }],
  ])("of %j is written as %j", (part, wanted) => {
    const edit = newRuleEdit({ ...rule, ...part, before: "R020" });
    expect(edit).toMatchObject({ before: "R020", value: wanted });
  });

  it.each<[Partial<NewRule>, readonly string[]]>([
    [{}, []],
    [{ id: "" }, ["id"]],
    [{ id: "110" }, ["id"]],
    [{ id: "R010" }, ["taken"]],
    [{ hosts: " 、\n" }, ["hosts"]],
    [{ target: "list" }, ["list"]],
    [{ target: "any", hosts: "" }, []],
  ])("with %j lacks %j", (part, missing) => {
    expect(missingIn({ ...rule, ...part }, ["R010"])).toEqual(missing);
  });

  it("blocks where its action does not exist, and else keeps it", () => {
    expect(onPlanes({ ...rule, action: "allow" }, "terminal").action).toBe("block");
    const direct = onPlanes({ ...rule, planes: "terminal", action: "direct" }, "terminal");
    expect(direct.action).toBe("direct");
  });

  it("is understood by the server and by the compiler, whatever is chosen", () => {
    const targets: Partial<NewRule>[] = [{}, { target: "any" }, { target: "list", list: "deny" }];
    for (const planes of Object.keys(actionsOf) as Planes[])
      for (const action of actionsOf[planes])
        for (const target of targets) {
          const edit = newRuleEdit({ ...rule, ...target, planes, action });
          const source = { kind: "edits", edits: [{ kind: "rule", edit }] };
          expect(trialBody.safeParse({ source, base: 1 }).success).toBe(true);
          const value = JSON.stringify((edit as { value: object }).value);
          const compiled = compileText(
            `version: 1\nname: p\nlists: { deny: { hosts: [c.test] } }\nrules: [${value}]\n`,
          );
          expect(compiled.ok ? [] : compiled.problems, value).toEqual([]);
        }
  });
});

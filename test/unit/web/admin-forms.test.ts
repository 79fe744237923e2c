/** What the console's forms send. */
import { describe, expect, it } from "vitest";
import {
  explainBody as explainSchema,
  trialBody,
} from "../../../orchestrator/http/policy-contract.ts";
import { emptyExplainForm, explainBody } from "../../../orchestrator/web/admin/explain-form.ts";
import { firstValue, ruleActs, ruleEdit } from "../../../orchestrator/web/admin/rule-edit.ts";
import { listEdit, noListChange } from "../../../orchestrator/web/admin/list-edit.ts";

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

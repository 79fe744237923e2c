/** What a good policy becomes, and that no text is too strange to be answered. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileText, parseText } from "./parts.ts";

const base = [
  "version: 1",
  "name: p",
  "lists:",
  "  a: { file: lists/a.txt, effect: allow }",
  "rules:",
  "  - { id: R1, plane: [isolated], to: { lists: [a] }, action: allow }",
];
const lists = { "lists/a.txt": "a.example\n" };

describe("compile", () => {
  it("keeps entries with their lines and ignores comments, blank lines and repeats", () => {
    const result = compileText(base.join("\n"), {
      "lists/a.txt": "\ufeff# 説明\r\n\r\nb.example # なぜ\r\n.c.example\r\nb.example\r\n",
    });
    expect(result.ok && result.policy.lists[0]).toEqual({
      id: "a",
      file: "lists/a.txt",
      takesEdits: true,
      effect: "allow",
      entries: ["b.example", ".c.example"],
      lines: [3, 4],
    });
  });
  it("gives the same content the same version and any other content another", () => {
    const version = (text: string, list: string) => {
      const result = compileText(text, { "lists/a.txt": list });
      return result.ok ? result.policy.version : "";
    };
    const first = version(base.join("\n"), "a.example\n");
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(version(`${base.join("\n")}\n# comment\n`, "a.example\n")).toBe(first);
    expect(version(base.join("\n"), "b.example\n")).not.toBe(first);
  });
});

it("never throws, whatever the text", () => {
  const piece = fc.constantFrom(
    ...base,
    "  - ",
    "{",
    "]",
    "&a",
    "*a",
    "<<: *a",
    "!!binary x",
    "\t",
    "rules: 1",
    "lists: [1]",
    "groups: { __proto__: {} }",
    "? [a]: b",
    "---",
    "'",
    "%YAML 9",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((lines) => lines.join("\n")),
      ),
      (text) => {
        const result = parseText(text);
        if (result.ok) compileText(text, lists);
        else expect(result.problems.length).toBeGreaterThan(0);
      },
    ),
  );
});

import { describe, expect, it } from "vitest";
import { rightsFor } from "../../../policies/rights.ts";
import { compileText, problemsOf } from "./parts.ts";

const base = `version: 1
name: p
groups: { staff: {}, kouhou: {}, visitor: {} }
rules: []
`;
const rights = `rights:
  - { id: K010, name: 停止中, groups: [visitor], session: false }
  - { id: K100, groups: [kouhou], session: true, download: true, upload: true, clipboard: { in: true }, watermark: false, runtime: runsc, idle_minutes: 20, lifetime_hours: 4, max_sessions: 10, files: { profile: image_pdf }, expires: 2026-03-31 }
  - { id: K900, groups: [staff], session: true }
`;
const policyOf = (text: string) => {
  const result = compileText(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
};
const before = Date.parse("2026-03-31T12:00:00+09:00");
const after = Date.parse("2026-04-01T00:00:00+09:00");

describe("rightsFor", () => {
  const policy = policyOf(base + rights);
  it("without the section leaves what the installation does", () => {
    expect(rightsFor(policyOf(base), [], before)).toMatchObject({
      session: true,
      download: true,
      upload: false,
      clipboard: { in: true, out: false },
      files: { profile: "sanitize" },
      rule: "none",
    });
  });
  it("with a section is closed to whom no entry names", () => {
    expect(rightsFor(policy, [], before)).toEqual({
      session: false,
      download: false,
      upload: false,
      clipboard: { in: false, out: false },
      print: false,
      watermark: true,
      files: { profile: "text" },
      rule: "default",
    });
  });
  it("takes the first entry that matches, whole", () => {
    expect(rightsFor(policy, ["staff", "kouhou"], before)).toEqual({
      session: true,
      download: true,
      upload: true,
      clipboard: { in: true, out: false },
      print: false,
      watermark: false,
      runtime: "runsc",
      idleMinutes: 20,
      lifetimeHours: 4,
      maxSessions: 10,
      files: { profile: "image_pdf" },
      rule: "K100",
    });
    expect(rightsFor(policy, ["staff", "visitor"], before)).toMatchObject({
      session: false,
      rule: "K010",
      ruleName: "停止中",
    });
  });
  it("lets pages be heard where an entry says so, and without the section", () => {
    const entry = "rights:\n  - { id: K200, session: true, sound: true }\n";
    expect(rightsFor(policyOf(base + entry), [], before).sound).toBe(true);
    expect(rightsFor(policy, ["staff"], before).sound).toBeUndefined();
    expect(rightsFor(policyOf(base), [], before).sound).toBe(true);
  });
  it("carries what becomes of files, in and out", () => {
    const entry = `rights:
  - id: K200
    session: true
    download: true
    upload: true
    files: { types: { office: approve, media: disallow }, content: { macro: disallow } }
    upload_rules: { types: [office, pdf], max_mb: 10, keywords: [部外秘] }
`;
    expect(rightsFor(policyOf(base + entry), [], before)).toMatchObject({
      files: {
        profile: "sanitize",
        types: { office: "approve", media: "disallow" },
        content: { macro: "disallow" },
      },
      uploadRules: {
        types: ["office", "pdf"],
        maxBytes: 10 * 1024 * 1024,
        myNumber: "block",
        keywords: ["部外秘"],
        onKeyword: "block",
        profile: "original",
      },
    });
  });
  it.each([
    ["types: { offise: approve }", "office"],
    ["types: { office: allow }", "office"],
    ["content: { macro: keep }", "macro"],
  ])("refuses %s, and says where", (files, word) => {
    const text = `${base}rights:\n  - { id: K1, session: true, files: { ${files} } }\n`;
    expect(JSON.stringify(problemsOf(text))).toContain(word);
  });
  it("passes over an entry from the day after its last", () => {
    expect(rightsFor(policy, ["staff", "kouhou"], after)).toMatchObject({ rule: "K900" });
  });
  it("gives an entry that says only session: true nothing else", () => {
    expect(rightsFor(policy, ["staff"], before)).toEqual({
      session: true,
      download: false,
      upload: false,
      clipboard: { in: false, out: false },
      print: false,
      watermark: true,
      files: { profile: "sanitize" },
      rule: "K900",
    });
  });
});

describe("mistakes in rights", () => {
  const table: readonly (readonly [sentence: string, entry: string, column: number, en: string])[] =
    [
      ["no answer to the first question", "{ id: K1 }", 5, '"rights.0.session" is missing'],
      ["an unknown group", "{ id: K1, groups: [stuff], session: true }", 24, 'write "staff"'],
      ["a misspelt right", "{ id: K1, session: true, downlod: true }", 30, 'write "download"'],
      ["a runtime that is none", "{ id: K1, session: true, runtime: kata }", 39, "runc | runsc"],
      ["a reserved id", "{ id: none, session: true }", 11, "reserved"],
    ];
  it.each(table)("%s", (_sentence, entry, column, en) => {
    const [first] = problemsOf(`${base}rights:\n  - ${entry}\n`);
    expect(first).toMatchObject({ line: 6, column });
    expect(first?.en).toContain(en);
    expect(first?.ja).toMatch(/[ぁ-ん]/);
  });
});

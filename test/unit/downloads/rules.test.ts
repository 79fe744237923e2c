import { describe, expect, test } from "vitest";
import {
  type ContentType,
  type OutputType,
  removedClasses,
} from "../../../images/wire/file-words.ts";
import type { SandboxResult } from "../../../images/wire/sandbox.ts";
import { applyRules } from "../../../orchestrator/downloads/verdict/apply-rules.ts";
import { judgeUpload } from "../../../orchestrator/downloads/verdict/judge-upload.ts";
import type { Inspected } from "../../../orchestrator/downloads/inspection/pipeline.ts";
import type { Reason } from "../../../orchestrator/downloads/verdict/reasons.ts";
import type { FileRules, UploadRules, Verdict } from "../../../orchestrator/downloads/types.ts";
import { fileContents } from "../../../policies/compiled.ts";

const file = { id: "f", sizeBytes: 1, sha256: "0" };

function inspected(
  contentType: ContentType,
  type: OutputType | undefined,
  more: {
    readonly verdict?: Verdict;
    readonly reason?: Reason;
    readonly removed?: SandboxResult["removed"];
    readonly search?: SandboxResult["search"];
  } = {},
): Inspected {
  const { verdict = "sanitized", reason = "rebuilt", removed = [], search } = more;
  return {
    decision: { verdict, reason },
    released: type === undefined ? undefined : { file, type },
    engines: {},
    result: {
      ...{ contentType, removed, verdict: "sanitized", reason: "rebuilt", output: null },
      ...{ warnings: [], members: [], memberCount: 0, asIs: null, objects: [], rule: null },
      ...(search && { search }),
    },
  };
}
const rules = (more: Partial<FileRules>): FileRules => ({
  ...{ download: true, profile: "sanitize" },
  ...more,
});
const macro = [{ class: "macro", count: 1 }] as const;

describe("what a person's rules make of a judged file", () => {
  test.each<[string, Inspected, FileRules, string]>([
    ["nothing is said: it is released", inspected("pdf", "pdf"), rules({}), "sanitized:rebuilt"],
    [
      "its kind is not allowed",
      inspected("docx", "docx"),
      rules({ types: { office: "disallow" } }),
      "blocked:policy-type",
    ],
    [
      "its kind needs an approval",
      inspected("docx", "docx"),
      rules({ types: { office: "approve" } }),
      "needs_approval:policy-approval",
    ],
    [
      "another kind is not allowed",
      inspected("docx", "docx"),
      rules({ types: { pdf: "disallow" } }),
      "sanitized:rebuilt",
    ],
    [
      "it held a macro, and that is not allowed",
      inspected("docx", "docx", { removed: [...macro] }),
      rules({ content: { macro: "disallow" } }),
      "blocked:policy-content",
    ],
    [
      "it held a macro, and that needs an approval",
      inspected("docx", "docx", { removed: [...macro] }),
      rules({ content: { macro: "approve" } }),
      "needs_approval:policy-approval",
    ],
    [
      "it held none",
      inspected("docx", "docx"),
      rules({ content: { macro: "disallow" } }),
      "sanitized:rebuilt",
    ],
    [
      "no engine cleans it, and its kind is not allowed",
      inspected("media", undefined, { verdict: "needs_approval", reason: "no-engine" }),
      rules({ types: { media: "disallow" } }),
      "blocked:policy-type",
    ],
    [
      "no engine cleans it, whatever the profile: a person may be asked",
      inspected("media", undefined, { verdict: "needs_approval", reason: "no-engine" }),
      rules({ profile: "visual_check" }),
      "needs_approval:no-engine",
    ],
    [
      "infected stays infected",
      inspected("docx", undefined, { verdict: "infected", reason: "signature" }),
      rules({ types: { office: "approve" } }),
      "infected:signature",
    ],
    [
      "text only: text passes",
      inspected("csv", "csv", { verdict: "released_as_is", reason: "clean-text" }),
      rules({ profile: "text" }),
      "released_as_is:clean-text",
    ],
    [
      "text only: PDF does not",
      inspected("pdf", "pdf"),
      rules({ profile: "text" }),
      "blocked:policy-profile",
    ],
    [
      "pictures only: pages as pictures pass",
      inspected("pdf", "pdf", { verdict: "converted", reason: "pages-as-pictures" }),
      rules({ profile: "image_pdf" }),
      "converted:pages-as-pictures",
    ],
    [
      "pictures only: a PDF that is none does not",
      inspected("pdf", "pdf"),
      rules({ profile: "image_pdf" }),
      "blocked:policy-profile",
    ],
    [
      "pictures only: a picture passes",
      inspected("png", "png"),
      rules({ profile: "image_pdf" }),
      "sanitized:rebuilt",
    ],
    [
      "pictures only: a document does not",
      inspected("docx", "docx"),
      rules({ profile: "image_pdf" }),
      "blocked:policy-profile",
    ],
    [
      "everything is looked at by a person",
      inspected("png", "png"),
      rules({ profile: "visual_check" }),
      "needs_approval:policy-approval",
    ],
  ])("%s", (_what, judged, which, expected) => {
    const { decision, released, candidate } = applyRules(judged, which);
    expect(`${decision.verdict}:${decision.reason}`).toBe(expected);
    // Only what was released stays so, and only what an approval releases is kept for it.
    expect(released).toEqual(
      decision.verdict === judged.decision.verdict ? judged.released : undefined,
    );
    expect(candidate !== undefined).toBe(decision.reason === "policy-approval");
  });
});

describe("whether a file may go out", () => {
  const clean = { myNumbers: 0, keywords: [] };
  const usual: UploadRules = {
    ...{ myNumber: "block", keywords: ["部外秘"], onKeyword: "block", profile: "original" },
  };
  const asking: UploadRules = { ...usual, myNumber: "approve", onKeyword: "approve" };
  const rebuilding: UploadRules = { ...usual, profile: "sanitize" };
  const macro = [{ class: "macro", count: 1 }] as const;
  test.each<[string, Inspected, UploadRules, string]>([
    ["clean", inspected("docx", "docx", { search: clean }), usual, "passes:upload-passed"],
    [
      "with a マイナンバー",
      inspected("docx", "docx", { search: { myNumbers: 1, keywords: [] } }),
      usual,
      "blocked:my-number",
    ],
    [
      "with a word",
      inspected("docx", "docx", { search: { myNumbers: 0, keywords: [0] } }),
      usual,
      "blocked:keyword",
    ],
    ["not searched at all", inspected("docx", "docx"), usual, "failed:internal-error"],
    [
      "with parts that were not searched",
      inspected("docx", "docx", {
        search: clean,
        removed: [{ class: "embedded-object", count: 1 }],
      }),
      usual,
      "blocked:not-searchable",
    ],
    [
      "with such parts, where nothing is looked for",
      inspected("docx", "docx", { removed: [{ class: "embedded-object", count: 1 }] }),
      { ...usual, myNumber: "allow", keywords: [] },
      "passes:upload-passed",
    ],
    [
      "with a マイナンバー, where a person decides",
      inspected("docx", "docx", { search: { myNumbers: 1, keywords: [] } }),
      asking,
      "ask:my-number",
    ],
    [
      "with a word, where a person decides",
      inspected("docx", "docx", { search: { myNumbers: 0, keywords: [0] } }),
      asking,
      "ask:keyword",
    ],
    [
      "with a word that a person decides about, and a マイナンバー that nobody may let out",
      inspected("docx", "docx", { search: { myNumbers: 1, keywords: [0] } }),
      { ...asking, myNumber: "block" },
      "blocked:my-number",
    ],
    [
      "with parts that were not searched, where a person decides about what was found",
      inspected("docx", "docx", { search: { myNumbers: 1, keywords: [] }, removed: [...macro] }),
      asking,
      "blocked:not-searchable",
    ],
    [
      "with a macro, where it goes out as it is",
      inspected("docx", "docx", { search: clean, removed: [...macro] }),
      usual,
      "blocked:not-searchable",
    ],
    [
      "with a macro, where it is rebuilt",
      inspected("docx", "docx", { search: clean, removed: [...macro] }),
      rebuilding,
      "passes:upload-rebuilt",
    ],
    [
      "an archive with something that was left out, where it is rebuilt",
      inspected("zip", "zip", {
        ...{ verdict: "partially_sanitized", reason: "members-blocked", search: clean },
      }),
      rebuilding,
      "passes:upload-rebuilt",
    ],
    [
      "of a kind that is not listed",
      inspected("pdf", "pdf", { search: clean }),
      { ...usual, types: ["office"] },
      "blocked:upload-type",
    ],
    [
      "infected",
      inspected("docx", undefined, { verdict: "infected", reason: "signature" }),
      usual,
      "infected:signature",
    ],
    [
      "an archive with something that was left out",
      inspected("zip", "zip", { verdict: "partially_sanitized", reason: "members-blocked" }),
      usual,
      "partially_sanitized:members-blocked",
    ],
  ])("%s", (_what, judged, which, expected) => {
    const said = judgeUpload(judged, which);
    const { verdict, reason } = said.decision;
    const what = said.passes ? "passes" : said.askable ? "ask" : verdict;
    expect(`${what}:${reason}`).toBe(expected);
  });
});

describe("the names of contents", () => {
  /** Taken out of every file, and no rule's business: nobody would refuse a file for them. */
  const always = [
    ...["formula", "annotation", "custom-ui", "custom-xml", "printer-settings", "metafile"],
    ...["metadata", "location", "thumbnail", "font", "encryption", "unknown-part", "trailing-data"],
  ];
  test("in the policy are those of the file desk, and each of the others is named here", () => {
    expect([...fileContents, ...always].sort()).toEqual([...removedClasses].sort());
  });
});

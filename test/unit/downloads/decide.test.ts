import { describe, expect, test } from "vitest";
import { sandboxReasons, sandboxVerdicts } from "../../../images/wire/file-words.ts";
import type { SandboxResult } from "../../../images/wire/sandbox.ts";
import {
  type BoxOutcome,
  decideOnOriginal,
  decideOnOutput,
  type ScanOutcome,
} from "../../../orchestrator/downloads/verdict/decide.ts";
import { hostReasons } from "../../../orchestrator/downloads/verdict/reasons.ts";
import { readReply } from "../../../orchestrator/downloads/scanning/scan.ts";
import { releasedVerdicts, verdicts } from "../../../orchestrator/downloads/types.ts";
import { removedTexts, verdictText } from "../../../orchestrator/downloads/verdict/verdict-text.ts";

const box = (verdict: SandboxResult["verdict"], reason: SandboxResult["reason"]): BoxOutcome => ({
  kind: "done",
  result: {
    contentType: "pdf",
    verdict,
    reason,
    removed: [],
    warnings: [],
    members: [],
    memberCount: 0,
    output: null,
    asIs: null,
    objects: [],
    rule: null,
  },
});
const broken: BoxOutcome = { kind: "failed", reason: "sandbox-failed", detail: "" };
const clean: ScanOutcome = { kind: "clean" };
const found: ScanOutcome = { kind: "found", signature: "X" };
const unscanned: ScanOutcome = { kind: "failed", detail: "" };
const limit: ScanOutcome = { kind: "limit", signature: "Heuristics.Limits.Exceeded" };
const odd: ScanOutcome = { kind: "suspicious", signature: "Heuristics.Broken" };

const rows: readonly (readonly [
  sentence: string,
  scan: ScanOutcome,
  box: BoxOutcome,
  verdict: string,
  reason: string,
])[] = [
  ["clean and rebuilt is sanitized", clean, box("sanitized", "rebuilt"), "sanitized", "rebuilt"],
  ["infected wins over rebuilt", found, box("sanitized", "rebuilt"), "infected", "signature"],
  ["infected wins over blocked", found, box("blocked", "executable"), "infected", "signature"],
  ["infected wins over a broken box", found, broken, "infected", "signature"],
  [
    "not scanned is not released",
    unscanned,
    box("released_as_is", "clean-text"),
    "failed",
    "scan-failed",
  ],
  ["not scanned whole is blocked", limit, box("sanitized", "rebuilt"), "blocked", "scan-limit"],
  [
    "odd for the scanner is blocked",
    odd,
    box("sanitized", "rebuilt"),
    "blocked",
    "scan-suspicious",
  ],
  [
    "the box's own block says more than the scanner's limit",
    limit,
    box("blocked", "ratio-limit"),
    "blocked",
    "ratio-limit",
  ],
  ["a broken box fails", clean, broken, "failed", "sandbox-failed"],
  ["held stays held", clean, box("needs_approval", "no-engine"), "needs_approval", "no-engine"],
  [
    "held but unscanned fails",
    unscanned,
    box("needs_approval", "no-engine"),
    "failed",
    "scan-failed",
  ],
];

test.each(rows)("%s", (_sentence, scan, outcome, verdict, reason) => {
  expect(decideOnOriginal(scan, outcome)).toMatchObject({ verdict, reason });
});

test("no outcome but a clean scan of a releasing box releases, whatever else comes together", () => {
  for (const scan of [found, unscanned, limit, odd]) {
    for (const verdict of sandboxVerdicts) {
      expect(releasedVerdicts.has(decideOnOriginal(scan, box(verdict, "rebuilt")).verdict)).toBe(
        false,
      );
      expect(
        releasedVerdicts.has(
          decideOnOutput({ verdict: "sanitized", reason: "rebuilt" }, scan).verdict,
        ),
      ).toBe(false);
    }
  }
});

describe("the scanner's reply", () => {
  test.each<readonly [string, string, string | undefined]>([
    ["stream: OK", "clean", undefined],
    ["stream: Hanare.Test.EICAR.UNOFFICIAL FOUND", "found", "Hanare.Test.EICAR"],
    ["stream: Win.Test.EICAR_HDB-1 FOUND", "found", "Win.Test.EICAR_HDB-1"],
    [
      "stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND",
      "limit",
      "Heuristics.Limits.Exceeded.MaxScanSize",
    ],
    ["stream: Heuristics.Broken.Executable FOUND", "suspicious", "Heuristics.Broken.Executable"],
    ["stream: <script> FOUND", "found", "unnamed"],
    ["stream: OK ", "failed", undefined],
    ["stream: OK\nstream: OK", "failed", undefined],
    ["other: OK", "failed", undefined],
    ["", "failed", undefined],
    ["INSTREAM size limit exceeded. ERROR", "failed", undefined],
  ])("%j means %s", (reply, kind, signature) => {
    const outcome = readReply(reply);
    expect(outcome.kind).toBe(kind);
    expect("signature" in outcome ? outcome.signature : undefined).toBe(signature);
  });
});

describe("words for people", () => {
  test("every reason has a sentence in both languages", () => {
    const all = [...hostReasons, ...sandboxReasons].map((reason) => verdictText("blocked", reason));
    for (const { ja, en } of all) {
      expect(ja).toMatch(/[ぁ-ん].*。$/);
      expect(en).toMatch(/^[A-Z].*\.$/);
    }
  });

  test("what was removed is named with its number", () => {
    const text = verdictText("sanitized", "macro-removed", [{ class: "macro", count: 2 }]);
    expect(text.ja).toBe("マクロを取り除きました。内訳: マクロ 2件。");
    expect(text.en).toContain("macros (2)");
  });

  test("approval and the signature's name are added where they belong", () => {
    expect(verdictText("needs_approval", "no-engine").ja).toContain("承認が必要です");
    expect(verdictText("infected", "signature", [], "Hanare.Test.EICAR").ja).toContain(
      "Hanare.Test.EICAR",
    );
    expect(verdicts[0]).toBe("failed");
    expect(Object.keys(removedTexts).length).toBeGreaterThan(20);
  });
});

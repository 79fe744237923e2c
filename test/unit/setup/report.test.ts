import { describe, expect, it } from "vitest";
import { chooseLanguage, lineFor } from "../../../setup/language.ts";
import { SetupError } from "../../../setup/problems.ts";
import { createReport, cut } from "../../../setup/report.ts";

const capture = (isTTY: boolean) => {
  let text = "";
  const out = { isTTY, columns: 60, write: (chunk: string) => (text += chunk) };
  return { out, read: () => text };
};

describe("language", () => {
  it.each([
    [{ HANARE_LANG: "en", LANG: "ja_JP.UTF-8" }, "en"],
    [{ LANG: "ja_JP.UTF-8" }, "ja"],
    [{ LANG: "en_GB.UTF-8" }, "en"],
    [{ LANG: "C.UTF-8" }, "both"],
    [{}, "both"],
  ])("%j reads %s", (env, language) => {
    expect(chooseLanguage(env)).toBe(language);
  });

  it("does not repeat what is the same in both", () => {
    expect(lineFor("both", { ja: "x", en: "x" })).toBe("x");
  });
});

describe("what the console shows", () => {
  it("has no control characters where it is not a terminal", () => {
    const { out, read } = capture(false);
    const step = createReport(out, "en").step({ ja: "画面", en: "Pages" });
    step.progress("vite build");
    step.progress("more");
    step.done();
    expect(read()).toMatch(/^ {2}… Pages {2}vite build\n {2}✓ Pages {2}[\d.]+ s\n$/);
  });

  it("never wraps the live line, wide characters counted twice", () => {
    expect(cut("あいうえお", 7)).toBe("あいう…");
    const { out, read } = capture(true);
    const step = createReport(out, "ja").step({ ja: "画面", en: "Pages" });
    step.failed();
    expect(read()).toContain("✗ 画面");
  });

  it("gives a problem as sentence and mend", () => {
    const { out, read } = capture(false);
    createReport(out, "both").problem(new SetupError("NOT_ROOT"));
    expect(read()).toContain("✗ 管理者 (root)");
    expect(read()).toContain("✗ Hanare must be started as root");
    expect(read()).toContain("→ sudo npm start");
  });
});

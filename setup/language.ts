/**
 * Which language the terminal reads. HANARE_LANG (ja, en, both) goes before LANG; where neither says,
 * both are shown, because the person at the console may read either.
 */
import type { Bilingual } from "../orchestrator/base/bilingual.ts";

export type Language = "ja" | "en" | "both";

export function chooseLanguage(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Language {
  const asked = env["HANARE_LANG"] ?? env["LANG"] ?? "";
  if (/^ja/i.test(asked)) return "ja";
  return /^en/i.test(asked) ? "en" : "both";
}

/** The lines to print, one per language. */
export function linesFor(language: Language, text: Bilingual): readonly string[] {
  if (language === "both") return text.ja === text.en ? [text.ja] : [text.ja, text.en];
  return [text[language]];
}

/** One short line for labels and progress. */
export function lineFor(language: Language, text: Bilingual): string {
  return linesFor(language, text).join(" / ");
}

/** What is wrong with a setting, in both languages: the schema's own sentences, and Japanese ones for zod's. Pure. */
import type { z } from "zod";
import type { Bilingual } from "../base/bilingual.ts";

/** zod carries one text with a rule; no sentence of ours has this sign. */
const between = "\u241f";

/** A rule's message in both languages. */
export const inBoth = (ja: string, en: string): string => `${en}${between}${ja}`;

/** The words of a fault that zod found. */
export function faultWords(issue: z.core.$ZodIssue): Bilingual {
  const [en = "", ja] = issue.message.split(between);
  return { en, ja: ja ?? inJapanese(issue) };
}

const kinds: Readonly<Record<string, string>> = {
  array: "並び（[ ] か、行ごとの -）",
  boolean: "true か false",
  int: "整数",
  number: "数",
  object: "まとまり（名前: 値）",
  string: "文字",
};

const unit = (origin: string): string =>
  origin === "string" ? "文字" : origin === "array" ? "件" : "";

function inJapanese(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `${kinds[issue.expected] ?? issue.expected} を書いてください`;
    case "too_small":
      return `${String(issue.minimum)}${unit(issue.origin)}以上にしてください`;
    case "too_big":
      return `${String(issue.maximum)}${unit(issue.origin)}以下にしてください`;
    case "invalid_value":
      return `次のどれかにしてください: ${issue.values.map(String).join("、")}`;
    case "invalid_format":
      return issue.format === "url"
        ? "アドレス（https:// などで始まるもの）を書いてください"
        : "書き方が正しくありません";
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
      return "この値は使えません";
  }
}

/** zod's findings as sentences for the person who writes the policy. Pure. */
import type { z } from "zod";
import type { Path, Places, Position } from "./positions.ts";
import { nearest, type Problem, quote } from "./problem.ts";
import { knownKeys } from "./schema.ts";

type Issue = z.core.$ZodIssue;

export function zodProblems(file: string, issues: readonly Issue[], positions: Places): Problem[] {
  const misspelt = new Set(issues.flatMap(intendedKeys));
  return (
    issues
      // Once "acton" is known to mean "action", that "action" is missing is not news.
      .filter((issue) => !(issue.input === undefined && misspelt.has(issue.path.join("/"))))
      .flatMap((issue) => fromIssue(issue, positions).map((found) => toProblem(file, found)))
      .sort((a, b) => a.line - b.line || a.column - b.column)
  );
}

/** Places of the keys that unknown ones were probably meant to be. */
function intendedKeys(issue: Issue): string[] {
  if (issue.code !== "unrecognized_keys") return [];
  return issue.keys.flatMap((key) => {
    const meant = nearest(key, knownKeysAt(issue.path));
    return meant === undefined ? [] : [[...issue.path, meant].join("/")];
  });
}

function knownKeysAt(path: Path): readonly string[] {
  return knownKeys[path.map((part, index) => generalise(path, part, index)).join(".")] ?? [];
}

function toProblem(main: string, { file = main, line, column, ja, en }: Found): Problem {
  return { file, line, column, ja, en };
}

type Found = Position & { readonly ja: string; readonly en: string };

function fromIssue(issue: Issue, positions: Places): Found[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...positions.ofKey(issue.path, key),
      ...unknownKey(issue.path, key),
    }));
  }
  if (issue.code === "invalid_key") {
    const key = issue.path.at(-1) ?? "";
    const name = quote(String(key));
    return [
      {
        ...positions.ofKey(issue.path.slice(0, -1), key),
        ja: `「${name}」は名前に使えません。英字で始め、英数字と「-」「_」だけで書いてください。`,
        en: `"${name}" cannot be a name; start with a letter and use letters, digits, "-" and "_" only.`,
      },
    ];
  }
  return [{ ...positions.of(issue.path), ...sentence(issue) }];
}

function unknownKey(path: Path, key: string): { ja: string; en: string } {
  const known = knownKeysAt(path);
  const meant = nearest(key, known);
  const name = quote(key);
  if (meant !== undefined) {
    return {
      ja: `「${name}」という項目はありません。「${meant}」ではありませんか。`,
      en: `There is no key "${name}"; write "${meant}".`,
    };
  }
  return {
    ja: `「${name}」という項目はありません。書けるのは ${known.join("、")} です。`,
    en: `There is no key "${name}"; the keys here are ${known.join(", ")}.`,
  };
}

function generalise(path: Path, part: PropertyKey, index: number): string {
  const parent = path[index - 1];
  return typeof part === "number" || namedBelow.has(String(parent)) ? "*" : String(part);
}

const namedBelow = new Set(["lists", "groups", "parents", "feeds"]);

function sentence(issue: Issue): { ja: string; en: string } {
  const at = issue.path.map(String).join(".");
  const key = quote(at === "" ? "policy" : at);
  const hint = hintFor(issue.path);
  switch (issue.code) {
    case "invalid_value": {
      const values = issue.values.map((value) => String(value)).join(" | ");
      return {
        ja: `「${key}」に書けるのは ${values} です。`,
        en: `"${key}" must be ${values}.`,
      };
    }
    case "invalid_type":
      return {
        ja: `「${key}」が${isMissing(issue) ? "ありません" : "正しい形ではありません"}。${typeName[issue.expected]?.[0] ?? issue.expected}${isMissing(issue) ? "を" : "で"}書いてください。${hint.ja}`,
        en: `"${key}" ${isMissing(issue) ? "is missing" : "has the wrong form"}; write ${typeName[issue.expected]?.[1] ?? issue.expected}.${hint.en}`,
      };
    case "too_big":
    case "too_small": {
      const [word, limit] =
        issue.code === "too_big"
          ? (["大き", issue.maximum] as const)
          : (["小さ", issue.minimum] as const);
      return {
        ja: `「${key}」が${word}すぎます (${issue.code === "too_big" ? "上限" : "下限"} ${String(limit)})。${hint.ja}`,
        en: `"${key}" is too ${issue.code === "too_big" ? "large or long" : "small or short"} (limit ${String(limit)}).${hint.en}`,
      };
    }
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
      return {
        ja: `「${key}」の書き方が正しくありません。${hint.ja}`,
        en: `"${key}" is not written correctly.${hint.en}`,
      };
  }
}

function isMissing(issue: Issue): boolean {
  return issue.input === undefined && issue.message.includes("undefined");
}

const typeName: Readonly<Partial<Record<string, readonly [ja: string, en: string]>>> = {
  array: ["[ ] で囲んだ並び", "a list in [ ]"],
  object: ["「項目: 値」の組", '"key: value" pairs'],
  record: ["「名前: 値」の組", '"name: value" pairs'],
  string: ["文字列", "a text"],
  number: ["数", "a number"],
  int: ["整数", "a whole number"],
  boolean: ["true か false", "true or false"],
};

const hints: readonly (readonly [pattern: RegExp, ja: string, en: string])[] = [
  [/\.expires$/, "日付は 2027-03-31 の形で書きます。", " Dates are written 2027-03-31."],
  [/\.ports$|ports\./, "ポートは [443] のように書きます。", " Ports are written [443]."],
  [/^rules\.\d+\.id$/, "英字で始まる R100 のような番号を付けます。", " Give an id such as R100."],
  [
    /^rules\.\d+\.to/,
    "to: { any: true }、{ hosts: [...] } か { lists: [...] } と書きます。",
    " Write to: { any: true }, { hosts: [...] } or { lists: [...] }.",
  ],
  [/^rules\.\d+\.plane/, "plane: [isolated] のように書きます。", " Write plane: [isolated]."],
  [
    /^lists\./,
    "lists: { 名前: { file: lists/名前.txt } } の形で書きます。",
    " Write lists: { name: { file: lists/name.txt } }.",
  ],
  [
    /(?:^|\.)groups(?:\.|$)/,
    "グループの名前は、文字と数字、途中に _ . ・ - を使って 64 字までです。",
    " A group's name is up to 64 letters and digits, with _ . ・ - inside.",
  ],
  [/(?:name|message|owner)$/, "1 行で書いてください。", " Write one line of text."],
];

function hintFor(path: Path): { ja: string; en: string } {
  const at = path.map(String).join(".");
  const found = hints.find(([pattern]) => pattern.test(at));
  return { ja: found?.[1] ?? "", en: found?.[2] ?? "" };
}

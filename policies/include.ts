/**
 * A policy made of several files: `include:` names further ones, whose rules come before those of the file
 * that names them, in the order in which they are named. Their groups, lists, rights and tests are added.
 * What is set once for the whole (name, mode, guards and the like) stands in the main file alone. Pure but
 * for the reading, which is passed in.
 */
import { isAbsolute, normalize } from "node:path";
import { parseYaml } from "./parse-yaml.ts";
import type { Path, Places, Position, Positions } from "./positions.ts";
import { nearest, type Problem, quote } from "./problem.ts";
import { type PolicyFile, policySchema } from "./schema.ts";
import { zodProblems } from "./zod-problems.ts";

export type Included =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" | "outside" | "too-large" }
  | { readonly kind: "not-utf8"; readonly line: number };

/** @param name as written: below the policy's folder, already looked at for ".." */
export type ReadIncluded = (name: string) => Promise<Included>;

export type TreeResult = {
  /** Every further file that was named, read or not, in its normal spelling. */
  readonly included: readonly string[];
} & (
  | { readonly ok: true; readonly value: PolicyFile; readonly positions: Places }
  | { readonly ok: false; readonly problems: readonly Problem[] }
);

const listSections = ["rules", "rights", "tests"] as const;
const mapSections = ["groups", "parents", "feeds", "lists"] as const;
const partKeys: readonly string[] = ["include", ...mapSections, ...listSections];
const maxDepth = 5;
const maxFiles = 100;

/** @param nameOf how messages name an included file */
export async function parsePolicyTree(
  text: string,
  file: string,
  read: ReadIncluded,
  nameOf: (name: string) => string,
): Promise<TreeResult> {
  const gathering = new Gathering(read, nameOf);
  const main = await gathering.add(text, file, undefined, []);
  const included = [...gathering.included];
  if (!main || gathering.problems.length > 0)
    return { ok: false, included, problems: gathering.problems };
  const merged = merge(main, gathering.parts);
  if (!merged.ok) return { ok: false, included, problems: merged.problems };
  const { positions } = merged;
  const checked = policySchema.safeParse(merged.value, { reportInput: true });
  return checked.success
    ? { ok: true, included, value: checked.data, positions }
    : { ok: false, included, problems: zodProblems(file, checked.error.issues, positions) };
}

type Said = readonly [ja: string, en: string];

interface Part {
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly positions: Positions;
}

class Gathering {
  readonly problems: Problem[] = [];
  readonly included = new Set<string>();
  /** In the order in which their rules count; the main file is the last. */
  readonly parts: Part[] = [];
  readonly #read: ReadIncluded;
  readonly #nameOf: (name: string) => string;

  constructor(read: ReadIncluded, nameOf: (name: string) => string) {
    this.#read = read;
    this.#nameOf = nameOf;
  }

  /** @param chain the files that led here */
  async add(
    text: string,
    file: string,
    name: string | undefined,
    chain: readonly string[],
  ): Promise<Part | undefined> {
    const parsed = parseYaml(text, file, name === undefined ? {} : { file, name });
    if (!parsed.ok) {
      this.problems.push(...parsed.problems);
      return undefined;
    }
    const { positions } = parsed;
    const value = asMap(parsed.value);
    // The schema says what is wrong with a main file that is no map.
    const part: Part = { file, value: value ?? {}, positions };
    if (name !== undefined) this.#checkPart(part, value !== undefined);
    const names = part.value["include"];
    for (const [index, each] of Array.isArray(names) ? names.entries() : [])
      await this.#include(part, index, each, [...chain, ...(name === undefined ? [] : [name])]);
    this.parts.push(part);
    return value === undefined && name === undefined
      ? { ...part, value: parsed.value as Part["value"] }
      : part;
  }

  async #include(
    from: Part,
    index: number,
    untrusted: unknown,
    chain: readonly string[],
  ): Promise<void> {
    const why = this.#refusal(untrusted, chain) ?? (await this.#take(String(untrusted), chain));
    if (why) this.#report(from, from.positions.of(["include", index]), why);
  }

  #refusal(untrusted: unknown, chain: readonly string[]): Said | undefined {
    if (typeof untrusted !== "string") return notAName;
    const shown = quote(untrusted);
    if (!staysBelow(untrusted)) return outside(shown);
    const name = normalize(untrusted);
    if (chain.includes(name)) return cycle([...chain, name].map(quote).join(" → "));
    if (this.included.has(name)) return twice(shown);
    if (chain.length >= maxDepth) return deep;
    return this.included.size >= maxFiles ? many : undefined;
  }

  /** What is wrong with the file's content is told at its own lines. */
  async #take(written: string, chain: readonly string[]): Promise<Said | undefined> {
    const name = normalize(written);
    const file = this.#nameOf(name);
    this.included.add(name);
    const found = await this.#read(name);
    switch (found.kind) {
      case "absent":
        return absent(quote(written));
      case "outside":
        return outside(quote(written));
      case "too-large":
        return tooLarge(quote(written));
      case "not-utf8": {
        const [ja, en] = notUtf8;
        this.problems.push({ file, line: found.line, column: 1, ja, en });
        return undefined;
      }
      case "text":
        await this.add(found.text, file, name, chain);
        return undefined;
    }
  }

  #checkPart(part: Part, isMap: boolean): void {
    if (!isMap) this.#report(part, part.positions.of([]), noMap);
    for (const [key, value] of Object.entries(part.value)) {
      if (!partKeys.includes(key)) {
        const said = key in policySchema.shape ? mainOnly(key) : unknownKey(key);
        this.#report(part, part.positions.ofKey([], key), said);
      } else if (isMapSection(key) ? asMap(value) === undefined : !Array.isArray(value)) {
        this.#report(part, part.positions.of([key]), wrongForm(key));
      }
    }
  }

  #report(part: Part, { line, column }: Position, [ja, en]: Said): void {
    this.problems.push({ file: part.file, line, column, ja, en });
  }
}

const isMapSection = (key: string): boolean => mapSections.some((each) => each === key);

function asMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

type Merged =
  | { readonly ok: true; readonly value: unknown; readonly positions: Places }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What the main file has in the wrong form stays as it is: the schema says so. */
function merge(main: Part, parts: readonly Part[]): Merged {
  if (parts.length === 1) return { ok: true, value: main.value, positions: main.positions };
  const places = new MergedPlaces(main.positions);
  const value: Record<string, unknown> = { ...main.value };
  for (const section of listSections) {
    const holders = parts.filter((part) => Array.isArray(part.value[section]));
    if (holders.length === 0 || (section in main.value && !holders.includes(main))) continue;
    value[section] = holders.flatMap((part) => {
      const items = part.value[section] as readonly unknown[];
      for (const index of items.keys()) places.addItem(section, part.positions, index);
      return items;
    });
  }
  const problems: Problem[] = [];
  for (const section of mapSections) {
    const entries = new Map<string, unknown>();
    if (section in main.value && !asMap(main.value[section])) continue;
    for (const part of parts)
      for (const [name, item] of Object.entries(asMap(part.value[section]) ?? {})) {
        if (entries.has(name)) problems.push(takenName(part, section, name));
        entries.set(name, item);
        places.addName(section, name, part.positions);
      }
    if (entries.size > 0) value[section] = Object.fromEntries(entries);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value, positions: places };
}

function takenName(part: Part, section: string, name: string): Problem {
  const { line, column } = part.positions.ofKey([section], name);
  return {
    ...{ file: part.file, line, column },
    ja: `「${quote(name)}」は別のファイルの ${section}: にもあります。どちらかの名前を変えてください。`,
    en: `"${quote(name)}" stands in ${section}: of another file too; rename one of them.`,
  };
}

class MergedPlaces implements Places {
  readonly #main: Positions;
  readonly #items = new Map<string, { readonly positions: Positions; readonly index: number }[]>();
  readonly #names = new Map<string, Map<string, Positions>>();

  constructor(main: Positions) {
    this.#main = main;
  }

  addItem(section: string, positions: Positions, index: number): void {
    const items = this.#items.get(section) ?? [];
    items.push({ positions, index });
    this.#items.set(section, items);
  }

  addName(section: string, name: string, positions: Positions): void {
    const names = this.#names.get(section) ?? new Map<string, Positions>();
    names.set(name, positions);
    this.#names.set(section, names);
  }

  of(path: Path): Position {
    const [positions, own] = this.#own(path);
    return positions.of(own);
  }

  ofKey(path: Path, key: PropertyKey): Position {
    const [positions, own] = this.#own([...path, key]);
    return positions.ofKey(own.slice(0, -1), own.at(-1) ?? key);
  }

  /** The file that holds what `path` leads to, and its path there. */
  #own(path: Path): [Positions, Path] {
    const [section, key, ...rest] = path;
    if (section === undefined || key === undefined) return [this.#main, path];
    const item = this.#items.get(String(section))?.[Number(key)];
    if (item) return [item.positions, [section, item.index, ...rest]];
    const named = this.#names.get(String(section))?.get(String(key));
    return [named ?? this.#main, path];
  }
}

/** Files live below the policy's folder, so that a copy of the folder is a copy of the policy. */
export function staysBelow(name: string): boolean {
  return (
    name !== "" && !isAbsolute(name) && !normalize(name).startsWith("..") && !name.includes("\0")
  );
}

const notAName = [
  "include: には、ファイルの名前を [rules/kouhou.yaml] のように並べてください。",
  "Write file names into include:, such as [rules/kouhou.yaml].",
] as const;
const noMap = [
  "取り込むファイルは「項目: 値」の組で書いてください。",
  'Write an included file as "key: value" pairs.',
] as const;
const deep = [
  `取り込みの入れ子が深すぎます (上限 ${maxDepth} 段)。上のファイルに書いてください。`,
  `Files include each other too deeply (limit ${maxDepth}); name it further up.`,
] as const;
const many = [
  `取り込むファイルが多すぎます (上限 ${maxFiles})。`,
  `Too many files are included (limit ${maxFiles}).`,
] as const;
const notUtf8 = [
  "UTF-8 ではない文字があります (Shift_JIS で保存していませんか)。UTF-8 で保存し直してください。",
  "This is not UTF-8 (perhaps Shift_JIS); save the file again as UTF-8.",
] as const;
const outside = (name: string): [string, string] => [
  `「${name}」はポリシーのフォルダの外です。フォルダの中のファイルを、相対パスで書いてください（リンクで外へ出ることもできません）。`,
  `"${name}" leads out of the policy's folder; write a relative path below it (a link may not lead out either).`,
];
const absent = (name: string): [string, string] => [
  `ファイル「${name}」を読めません。ポリシーと同じフォルダからの相対パスで書き、ファイルを置いてください。`,
  `The file "${name}" cannot be read; write a path below the policy's folder and put the file there.`,
];
const tooLarge = (name: string): [string, string] => [
  `ファイル「${name}」が大きすぎます (上限 4 MB)。サイトの並びはリストのファイルに移してください。`,
  `The file "${name}" is too large (limit 4 MB); move long lists of sites into list files.`,
];
const twice = (name: string): [string, string] => [
  `「${name}」は二度取り込まれています。一度だけ書いてください。`,
  `"${name}" is included twice; name it once.`,
];
const cycle = (names: string): [string, string] => [
  `取り込みが輪になっています (${names})。どこか一つを外してください。`,
  `Files include each other in a circle (${names}); take one of them out.`,
];
const mainOnly = (key: string): [string, string] => [
  `「${key}」は全体に一つだけの項目です。取り込むファイルではなく、元のファイルに書いてください。`,
  `"${key}" is set once for the whole policy; write it in the main file, not in an included one.`,
];
function unknownKey(key: string): [string, string] {
  const meant = nearest(key, partKeys);
  const shown = quote(key);
  return [
    `「${shown}」という項目はありません。${meant === undefined ? `書けるのは ${partKeys.join("、")} です` : `「${meant}」ではありませんか`}。`,
    `There is no key "${shown}"; ${meant === undefined ? `the keys here are ${partKeys.join(", ")}` : `write "${meant}"`}.`,
  ];
}
const wrongForm = (key: string): [string, string] =>
  isMapSection(key)
    ? [`「${key}」は「名前: 値」の組で書いてください。`, `Write "${key}" as "name: value" pairs.`]
    : [`「${key}」は並びで書いてください。`, `Write "${key}" as a list.`];

/**
 * The YAML of a policy file, read narrowly: what makes a file say something else than it seems to say
 * (anchors, aliases, tags, repeated keys, invisible characters) is a mistake with a place, and so is what
 * would take the reader too long. Pure.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { type Position, Positions } from "./positions.ts";
import { type Problem, quote } from "./problem.ts";

export type YamlResult =
  | { readonly ok: true; readonly value: unknown; readonly positions: Positions }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** After this many a file is plainly not a policy. */
const maxProblems = 50;
/** Far more than anybody writes; beyond it every look for a key would be a long walk. */
const maxKeys = 10_000;
/** Of brackets; people write four or five. */
const maxDepth = 100;

export function parseYaml(
  text: string,
  file: string,
  within: Pick<Position, "file" | "name"> = {},
): YamlResult {
  const unseen = unseenCharacters(text, file);
  if (unseen.length > 0) return { ok: false, problems: unseen };
  const deep = tooDeepAt(text);
  if (deep) return { ok: false, problems: [{ file, ...deep, ...tooDeep }] };
  const counter = new LineCounter();
  const document = parse(text, counter);
  if (!document) return { ok: false, problems: [{ file, line: 1, column: 1, ...tooDeep }] };
  const positions = new Positions(document, counter, within);
  const at = (offset: number) => {
    const { line, column } = positions.at(offset);
    return { file, line, column };
  };
  // A warning (an unknown tag, say) means that the text does not say what it seems to say.
  const faults = [...document.errors, ...document.warnings];
  const problems = faults.map((fault) => ({ ...at(fault.pos[0]), ...sentenceOf(fault) }));
  problems.push(
    ...forbidden(document, text).map(({ offset, ...said }) => ({ ...at(offset), ...said })),
  );
  if (problems.length > 0)
    return { ok: false, problems: problems.toSorted(byPlace).slice(0, maxProblems) };
  return { ok: true, value: document.toJS({ maxAliasCount: 0 }), positions };
}

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;

function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    // Repeats are found below: the parser compares every key with every other.
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Said {
  readonly ja: string;
  readonly en: string;
}
interface Forbidden extends Said {
  readonly offset: number;
}

function forbidden(document: Document.Parsed, text: string): Forbidden[] {
  const found: Forbidden[] = [];
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) found.push({ offset, ...alias });
      else if (node.anchor !== undefined) {
        const mark = text.lastIndexOf(`&${node.anchor}`, offset);
        found.push({ offset: mark === -1 ? offset : mark, ...anchor });
      }
      if (isMap(node)) found.push(...repeatedKeys(node.items, offset));
      return found.length > maxProblems ? visit.BREAK : undefined;
    },
  });
  return found;
}

function repeatedKeys(items: readonly { readonly key: unknown }[], offset: number): Forbidden[] {
  if (items.length > maxKeys) return [{ offset, ...tooManyKeys }];
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    const at = isNode(key) ? (key.range?.[0] ?? offset) : offset;
    if (!isScalar(key)) return [{ offset: at, ...noKey }];
    const name = String(key.value);
    if (name === "<<") return [{ offset: at, ...alias }];
    if (seen.has(name)) return [{ offset: at, ...repeated(name) }];
    seen.add(name);
    return [];
  });
}

const alias = {
  ja: "「*名前」や「<<」で別の場所を写す書き方は使えません。同じ内容を書くか、include: やリストを使ってください。",
  en: '"*name" and "<<" cannot be used to copy another place; write the content out, or use include: or a list.',
};
const anchor = {
  ja: "「&名前」は使えません。「&」で始まる文字列なら引用符で囲んでください。",
  en: '"&name" cannot be used; put a text that begins with "&" in quotes.',
};
const noKey = {
  ja: "項目名の位置に、並びや組があります。項目名は一つの語で書いてください。",
  en: "A list or pairs stand where a key should be; write the key as one word.",
};
const tooManyKeys = {
  ja: `一か所に項目が多すぎます (上限 ${maxKeys})。ファイルを分けてください。`,
  en: `There are more than ${maxKeys} keys in one place; split the file.`,
};
const tooDeep = {
  ja: "入れ子が深すぎて読めません。「[」や「{」の閉じ忘れを確かめてください。",
  en: 'It is nested too deeply; check for a "[" or "{" that is never closed.',
};
const repeated = (name: string): Said => ({
  ja: `項目「${quote(name)}」が同じところに二度あります。一つにまとめてください。`,
  en: `The key "${quote(name)}" stands here twice; make it one.`,
});

function sentenceOf({ code, message }: YAMLError): Said {
  if (code === "TAB_AS_INDENT")
    return {
      ja: "字下げにタブが使われています。半角の空白に直してください。",
      en: "A tab is used for indentation; write spaces.",
    };
  if (code === "TAG_RESOLVE_FAILED")
    return {
      ja: `「!」で始まる型の指定は使えません (${quote(message)})。文字列なら引用符で囲んでください。`,
      en: `Tags cannot be used (${quote(message)}); put a text that begins with "!" in quotes.`,
    };
  if (code === "MULTIPLE_DOCS")
    return {
      ja: "「---」で区切った二つめの文書があります。一つのファイルには一つだけ書いてください。",
      en: 'There is a second document after "---"; write one in a file.',
    };
  return {
    ja: `YAML として読めません (${quote(message)})。字下げ、「:」の後の空白、引用符の閉じ忘れを確かめてください。`,
    en: `This is not valid YAML (${quote(message)}); check indentation, the space after ":" and closing quotes.`,
  };
}

/** Brackets are counted from each line that begins a new key on; the parser itself would run out of stack. */
function tooDeepAt(text: string): { line: number; column: number } | undefined {
  let depth = 0;
  for (const [index, line] of text.split("\n").entries()) {
    if (/^[^\s[\]{}]/.test(line)) depth = 0;
    for (const { 0: bracket, index: at } of line.matchAll(/[[\]{}]/g)) {
      depth = bracket === "[" || bracket === "{" ? depth + 1 : Math.max(0, depth - 1);
      if (depth > maxDepth) return { line: index + 1, column: at + 1 };
    }
  }
  return undefined;
}

/** Control characters, and those that turn the direction of the text round: what is read is not what is there. */
const unseen =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

function unseenCharacters(text: string, file: string): Problem[] {
  const found: Problem[] = [];
  for (const { 0: character, index } of text.matchAll(unseen)) {
    const before = text.slice(0, index);
    const line = before.split("\n").length;
    const column = index - before.lastIndexOf("\n");
    const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    found.push({
      ...{ file, line, column },
      ja: `目に見えない文字 (${code}) があります。消してください。`,
      en: `There is an invisible character (${code}); remove it.`,
    });
    if (found.length >= maxProblems) break;
  }
  return found;
}

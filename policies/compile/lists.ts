/** Lists: hosts in the policy itself, files and feeds. Pure: texts are passed in. */
import { join } from "node:path";
import type { CompiledList, LineFormat } from "../compiled.ts";
import { parseEntry } from "../list-entry.ts";
import type { Path } from "../positions.ts";
import { notUtf8, quote } from "../problem.ts";
import { readList } from "../read-list.ts";
import { maxListBytes, type PolicyList } from "../schema.ts";
import { checkPorts, type Context, expiry, type Source, unknownName } from "./context.ts";
import { builtinFeeds, feedFile, feedNamed } from "./feeds.ts";

export function compileList(context: Context, id: string): CompiledList {
  const list = context.value.lists[id] ?? {};
  const path = ["lists", id];
  checkSource(context, path, id);
  checkPorts(context, list.ports ?? [], [...path, "ports"]);
  return {
    id,
    ...contentOf(context, path, id),
    ...editsOf(context, [...path, "edits"], list.edits),
    ...(list.effect !== undefined && { effect: list.effect }),
    ...(list.owner !== undefined && { owner: list.owner }),
    ...(takesEdits(list) && { takesEdits: true }),
    ...(list.ports && { ports: list.ports }),
    ...expiry(context, [...path, "expires"], list.expires),
  };
}

/** A line in another program's form, or in a fetched copy, is nothing to add to. */
export function takesEdits({ edits, file, format = ["domains"] }: PolicyList): boolean {
  return edits !== undefined || (file !== undefined && format.join() === "domains");
}

function checkSource(context: Context, path: Path, id: string): void {
  const { file, hosts, feed } = context.value.lists[id] ?? {};
  if ([file, hosts, feed].filter((each) => each !== undefined).length !== 1) {
    context.report(
      path,
      `リスト「${id}」には file: と hosts: と feed: のうち、どれか一つだけを書いてください。`,
      `List "${id}" needs either file: or hosts: or feed:, and only one of them.`,
    );
  }
  const feeds = [...Object.keys(builtinFeeds), ...Object.keys(context.value.feeds)];
  if (feed !== undefined && !feedNamed(context.value.feeds, feed)) {
    context.report([...path, "feed"], ...unknownName("フィード", "feed", feed, feeds));
  }
}

type Entries = Pick<CompiledList, "entries" | "lines" | "expiries">;
type Content = Entries & {
  readonly file?: string;
  readonly index?: NonNullable<CompiledList["index"]>;
};

function contentOf(context: Context, path: Path, id: string): Content {
  const { file, hosts, feed, format, categories } = context.value.lists[id] ?? {};
  if (file !== undefined)
    return { file, ...fromFile(context, [...path, "file"], file, format ?? ["domains"]) };
  if (feed !== undefined)
    return fromFeed(context, [...path, "feed"], feedFile({ feed, categories }));
  const { name } = context.positions.of(path);
  const entries = compileEntries(context, [...path, "hosts"], hosts ?? []);
  return name === undefined ? entries : { file: name, ...entries };
}

function editsOf(
  context: Context,
  path: Path,
  file: string | undefined,
): Pick<CompiledList, "edits"> {
  if (file === undefined) return {};
  const { index, file: _, ...entries } = fromFile(context, path, file, ["domains"]);
  if (index) {
    context.report(
      path,
      `edits: のファイル「${quote(file)}」が大きすぎます。少数の追加と例外だけを書くファイルです。`,
      `The file "${quote(file)}" is too large for edits:, which holds a few additions and exceptions.`,
    );
  }
  return { edits: { file, ...entries } };
}

export function compileEntries(context: Context, path: Path, hosts: readonly string[]): Entries {
  const found: Entries = { entries: [], lines: [] };
  const seen = new Set<string>();
  for (const [index, host] of hosts.entries()) {
    const parsed = parseEntry(host);
    if (!parsed.ok) context.report([...path, index], parsed.ja, parsed.en);
    else if (!seen.has(parsed.entry)) {
      seen.add(parsed.entry);
      found.entries.push(parsed.entry);
      found.lines.push(context.positions.of([...path, index]).line);
    }
  }
  return found;
}

const empty = (): Entries => ({ entries: [], lines: [] });

function fromFile(
  context: Context,
  path: Path,
  file: string,
  formats: readonly LineFormat[],
): Content {
  const source = context.sources.get(file) ?? { kind: "absent" };
  const full = join(context.folder, file);
  if (source.kind === "text" || source.kind === "index")
    return fromSource(context, full, source, formats);
  if (source.kind === "not-utf8") {
    const [ja, en] = notUtf8;
    context.problems.push({ file: full, line: source.line, column: 1, ja, en });
    return empty();
  }
  context.report(path, ...why(source.kind, quote(file)));
  return empty();
}

function why(kind: "absent" | "too-large", file: string): [ja: string, en: string] {
  switch (kind) {
    case "absent":
      return [
        `リストのファイル「${file}」を読めません。ポリシーと同じフォルダからの相対パス (lists/allow.txt など) で書き、ファイルを置いてください。`,
        `The list file "${file}" cannot be read; write a path below the policy's folder, such as lists/allow.txt, and put the file there.`,
      ];
    case "too-large":
      return [
        `リストのファイル「${file}」が大きすぎます (上限 ${maxListBytes / 1024 / 1024} MB)。ファイルを分けてください。`,
        `The list file "${file}" is too large (limit ${maxListBytes / 1024 / 1024} MB); split it.`,
      ];
  }
}

function fromSource(
  context: Context,
  name: string,
  source: Extract<Source, { kind: "text" | "index" }>,
  formats: readonly LineFormat[],
): Content {
  if (source.kind === "index") {
    const { sha256, entries, extras, problems } = source.built;
    context.problems.push(...problems);
    const ends = extras.flatMap(({ expiresAt }, index) =>
      expiresAt === undefined ? [] : [[index, expiresAt] as [number, number]],
    );
    return {
      entries: extras.map(({ entry }) => entry),
      lines: extras.map(({ line }) => line),
      ...(ends.length > 0 && { expiries: ends }),
      ...(problems.length === 0 && { index: { sha256, entries } }),
    };
  }
  const content = readList(source.text, name, context.tz, formats);
  context.problems.push(...content.problems);
  const expiries = content.expiries.map(([index, at]): [number, number] => [index, at]);
  return {
    entries: [...content.entries],
    lines: [...content.lines],
    ...(expiries.length > 0 && { expiries }),
  };
}

/** The copy on disk is our own, in our own format: only its absence is ordinary. */
function fromFeed(context: Context, path: Path, file: string): Content {
  if ((context.sources.get(file)?.kind ?? "absent") !== "absent")
    return { file, ...fromFile(context, path, file, ["domains"]) };
  context.warn(
    path,
    `フィードの写し「${quote(file)}」はまだ取得されていません。取得できるまで、このリストは何にも一致しません。`,
    `The feed's copy "${quote(file)}" has not been fetched yet; until then this list matches nothing.`,
  );
  return empty();
}

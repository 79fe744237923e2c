/** Lists: hosts in the policy itself, files and feeds. Pure: texts are passed in. */
import { join } from "node:path";
import type { CompiledList } from "../compiled.ts";
import { parseEntry } from "../list-entry.ts";
import type { Path } from "../positions.ts";
import { quote } from "../problem.ts";
import { readList } from "../read-list.ts";
import { type Context, expiry, unknownName } from "./context.ts";
import { checkPorts } from "./rules.ts";

/** Feeds whose address is known; they need no entry in `feeds:`. */
export const builtinFeeds = ["m365-endpoints"] as const;

/** Where the last good copy of a feed lies, below the policy's folder. */
export const feedFile = (id: string): string => `feeds/${id}.txt`;

export function compileList(context: Context, id: string): CompiledList {
  const list = context.value.lists[id] ?? {};
  const path = ["lists", id];
  checkSource(context, path, id);
  checkPorts(context, list.ports ?? [], [...path, "ports"]);
  return {
    id,
    ...contentOf(context, path, id),
    ...(list.file !== undefined && { file: list.file }),
    ...(list.effect !== undefined && { effect: list.effect }),
    ...(list.owner !== undefined && { owner: list.owner }),
    ...(list.ports && { ports: list.ports }),
    ...expiry(context, [...path, "expires"], list.expires),
  };
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
  const feeds = [...builtinFeeds, ...Object.keys(context.value.feeds)];
  if (feed !== undefined && !feeds.includes(feed)) {
    context.report([...path, "feed"], ...unknownName("フィード", "feed", feed, feeds));
  }
}

interface Entries {
  entries: string[];
  lines: number[];
}

function contentOf(context: Context, path: Path, id: string): Entries {
  const { file, hosts, feed } = context.value.lists[id] ?? {};
  if (file !== undefined) return compileListFile(context, [...path, "file"], file);
  if (feed !== undefined) return compileFeed(context, [...path, "feed"], feed);
  return compileEntries(context, [...path, "hosts"], hosts ?? []);
}

export function compileEntries(context: Context, path: Path, hosts: readonly string[]): Entries {
  const found: Entries = { entries: [], lines: [] };
  for (const [index, host] of hosts.entries()) {
    const parsed = parseEntry(host);
    if (!parsed.ok) context.report([...path, index], parsed.ja, parsed.en);
    else if (!found.entries.includes(parsed.entry)) {
      found.entries.push(parsed.entry);
      found.lines.push(context.positions.of([...path, index]).line);
    }
  }
  return found;
}

function compileListFile(context: Context, path: Path, file: string): Entries {
  const text = context.listTexts.get(file);
  if (text === undefined) {
    context.report(
      path,
      `リストのファイル「${quote(file)}」を読めません。ポリシーと同じフォルダからの相対パス (lists/allow.txt など) で書き、ファイルを置いてください。`,
      `The list file "${quote(file)}" cannot be read; write a path below the policy's folder, such as lists/allow.txt, and put the file there.`,
    );
    return { entries: [], lines: [] };
  }
  const content = readList(text, join(context.folder, file));
  context.problems.push(...content.problems);
  return { entries: [...content.entries], lines: [...content.lines] };
}

function compileFeed(context: Context, path: Path, feed: string): Entries {
  const text = context.listTexts.get(feedFile(feed));
  if (text === undefined) {
    context.warn(
      path,
      `フィード「${quote(feed)}」はまだ取得されていません。取得できるまで、このリストは何にも一致しません。`,
      `The feed "${quote(feed)}" has not been fetched yet; until then this list matches nothing.`,
    );
    return { entries: [], lines: [] };
  }
  const content = readList(text, join(context.folder, feedFile(feed)));
  context.problems.push(...content.problems);
  return { entries: [...content.entries], lines: [...content.lines] };
}

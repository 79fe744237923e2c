/**
 * One look at a feed: fetched through the way out that is passed in, within its limits, judged, and
 * written whole or not at all. Whatever goes wrong, the last good copy stays and the reason is told.
 */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { writeListFile } from "../exchange/import.ts";
import { parseListLine } from "../list-line.ts";
import { type FeedLimits, judgeFeed } from "./take.ts";

export interface Feed extends FeedLimits {
  readonly id: string;
  readonly url: string;
  readonly maxBytes: number;
  /** Where the last good copy lies. */
  readonly file: string;
}

/** The way out: the installation's own proxy, so that a feed obeys the guards as everything else does. */
export type FetchThrough = (
  url: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: AsyncIterable<Uint8Array> }>;

export type FeedOutcome = {
  readonly kind: "taken" | "unchanged" | "held" | "refused" | "unreachable" | "too-large";
  readonly entries: number;
  readonly ja: string;
  readonly en: string;
};

export async function refreshFeed(
  feed: Feed,
  fetchThrough: FetchThrough,
  signal: AbortSignal,
): Promise<FeedOutcome> {
  const before = await entriesOf(feed.file);
  const kept = before?.size ?? 0;
  const fetched = await fetchAll(feed, fetchThrough, signal);
  if (fetched.kind !== "bytes") return { ...fetched, entries: kept };
  const verdict = judgeFeed(fetched.bytes, before, feed);
  switch (verdict.kind) {
    case "taken":
      await writeWhole(feed.file, writeListFile(verdict.lines, [`${feed.id} ${feed.url}`]));
      return { kind: "taken", entries: verdict.lines.length, ja: "更新しました。", en: "Updated." };
    case "unchanged":
      return { kind: "unchanged", entries: kept, ja: "変わりありません。", en: "No change." };
    case "held":
    case "refused":
      return { ...verdict, entries: kept };
  }
}

/** Milliseconds since the last good copy was written; undefined when there is none. */
export async function ageOfFeed(file: string, now: number): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && now - found.mtimeMs;
}

type Fetched =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "unreachable" | "too-large"; readonly ja: string; readonly en: string };

async function fetchAll(
  { url, maxBytes }: Feed,
  fetchThrough: FetchThrough,
  signal: AbortSignal,
): Promise<Fetched> {
  try {
    const { status, body } = await fetchThrough(url, signal);
    if (status !== 200) return unreachable(`HTTP ${status}`);
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of body) {
      size += part.length;
      if (size > maxBytes) return tooLarge(maxBytes);
      parts.push(part);
    }
    return { kind: "bytes", bytes: Buffer.concat(parts) };
  } catch (error) {
    // A refused connection, a reset, a deadline: for the feed they are one thing.
    if (error instanceof Error) return unreachable(error.message);
    throw error;
  }
}

function unreachable(why: string): Fetched {
  return {
    kind: "unreachable",
    ja: `取得できません (${why})。前の内容が有効です。アドレスと、出口で許可されているかを確かめてください。`,
    en: `It cannot be fetched (${why}). The last good copy stays; check the address and that the way out allows it.`,
  };
}

function tooLarge(maxBytes: number): Fetched {
  return {
    kind: "too-large",
    ja: `大きすぎます (上限 ${maxBytes} バイト)。前の内容が有効です。正しい大きさなら max_bytes を上げてください。`,
    en: `It is too large (limit ${maxBytes} bytes). The last good copy stays; raise max_bytes if that is its size.`,
  };
}

async function entriesOf(file: string): Promise<Set<string> | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    // Only a copy that is not there is a first time; one that cannot be read still bounds the change.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const entries = new Set<string>();
  for (const raw of text.split("\n")) {
    const line = parseListLine(raw);
    if (line.kind === "entry") entries.add(line.entry);
  }
  return entries;
}

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/**
 * One look at a feed: fetched through the way out that is passed in, within its limits, and judged against
 * the last good copy. Writes nothing: what is to be kept is part of the answer. Whatever goes wrong, the
 * reason is told and nothing is taken.
 */
import { writeListFile } from "../exchange/import.ts";
import { parseListLine } from "../list-line.ts";
import { quote } from "../problem.ts";
import { type FeedLimits, judgeFeed } from "./take.ts";

export interface Feed extends FeedLimits {
  readonly name: string;
  readonly url: string;
  readonly maxBytes: number;
}

/** What the server said of the copy that is there, for asking only whether there is a newer one. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export interface FeedAnswer extends Validators {
  readonly status: number;
  readonly location?: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The way out: the installation's own proxy, so that a feed obeys the guards as everything else does. */
export type FetchThrough = (
  url: string,
  known: Validators,
  signal: AbortSignal,
) => Promise<FeedAnswer>;

export const feedOutcomes = [
  "refused",
  "held",
  "unreachable",
  "too-large",
  "unchanged",
  "taken",
] as const;
export type FeedOutcome = (typeof feedOutcomes)[number];

export interface FeedLook extends Validators {
  readonly kind: FeedOutcome;
  readonly ja: string;
  readonly en: string;
  /** Of the fetched copy, where it could be read. */
  readonly entries?: number;
  readonly added?: number;
  readonly removed?: number;
  readonly skipped?: number;
  /** The copy to keep, as a list file of our own: taken, or held for a person to look at. */
  readonly text?: string;
}

/** @param before text of the last good copy; undefined the first time */
export async function lookAtFeed(
  feed: Feed,
  before: string | undefined,
  known: Validators,
  fetchThrough: FetchThrough,
  signal: AbortSignal,
): Promise<FeedLook> {
  const fetched = await fetchAll(feed, before === undefined ? {} : known, fetchThrough, signal);
  if (fetched.kind !== "bytes") return fetched;
  const { etag, lastModified } = fetched;
  const verdict = judgeFeed(
    fetched.bytes,
    before === undefined ? undefined : entriesOf(before),
    feed,
  );
  switch (verdict.kind) {
    case "unchanged":
      return { ...unchanged, etag, lastModified };
    case "refused":
      return verdict;
    case "taken":
    case "held": {
      const { kind, lines, added, removed, skipped } = verdict;
      const text = writeListFile(lines, [`${feed.name} ${feed.url}`]);
      const said = verdict.kind === "held" ? verdict : { ja: "更新しました。", en: "Updated." };
      const { ja, en } = said;
      return {
        kind,
        ja,
        en,
        entries: lines.length,
        added,
        removed,
        skipped,
        text,
        etag,
        lastModified,
      };
    }
  }
}

const unchanged = { kind: "unchanged", ja: "変わりありません。", en: "No change." } as const;

type Fetched = ({ readonly kind: "bytes"; readonly bytes: Buffer } & Validators) | FeedLook;

async function fetchAll(
  { url, maxBytes }: Feed,
  known: Validators,
  fetchThrough: FetchThrough,
  signal: AbortSignal,
): Promise<Fetched> {
  try {
    const { status, location, body, etag, lastModified } = await fetchThrough(url, known, signal);
    if (status === 304) return { ...unchanged, ...known };
    if (status !== 200)
      return unreachable(
        location === undefined ? `HTTP ${status}` : `HTTP ${status} → ${quote(location)}`,
      );
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of body) {
      size += part.length;
      if (size > maxBytes) return tooLarge(maxBytes);
      parts.push(part);
    }
    return { kind: "bytes", bytes: Buffer.concat(parts), etag, lastModified };
  } catch (error) {
    // A refused connection, a reset, a deadline: for the feed they are one thing.
    if (error instanceof Error) return unreachable(quote(error.message));
    throw error;
  }
}

export function unreachable(why: string): FeedLook {
  return {
    kind: "unreachable",
    ja: `取得できません (${why})。前の内容が有効です。アドレスと、出口の guards で止まっていないかを確かめてください。`,
    en: `It cannot be fetched (${why}). The last good copy stays; check the address and that no guard of the way out stops it.`,
  };
}

function tooLarge(maxBytes: number): FeedLook {
  return {
    kind: "too-large",
    ja: `大きすぎます (上限 ${maxBytes} バイト)。前の内容が有効です。正しい大きさなら max_bytes を上げてください。`,
    en: `It is too large (limit ${maxBytes} bytes). The last good copy stays; raise max_bytes if that is its size.`,
  };
}

function entriesOf(text: string): Set<string> {
  const entries = new Set<string>();
  for (const raw of text.split("\n")) {
    const line = parseListLine(raw);
    if (line.kind === "entry") entries.add(line.entry);
  }
  return entries;
}

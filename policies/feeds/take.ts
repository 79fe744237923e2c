/**
 * Whether a newly fetched copy of a feed is taken. Pure. A feed is somebody else's: one that suddenly
 * halves or doubles is more likely broken or taken over than right, so it is held for a person to look at.
 */
import type { ListFormat } from "../compiled.ts";
import { type ImportOptions, importList } from "../exchange/import.ts";
import type { ListLine } from "../list-line.ts";

export interface FeedLimits {
  readonly formats: readonly ListFormat[];
  readonly categories?: NonNullable<ImportOptions["categories"]>;
  readonly maxChangePercent: number;
}

interface Change {
  readonly lines: readonly ListLine[];
  /** Lines of the source that mean nothing here. */
  readonly skipped: number;
  readonly added: number;
  readonly removed: number;
}

export type FeedVerdict =
  | ({ readonly kind: "taken" } & Change)
  | { readonly kind: "unchanged" }
  | ({ readonly kind: "held"; readonly ja: string; readonly en: string } & Change)
  | { readonly kind: "refused"; readonly ja: string; readonly en: string };

/** @param before entries of the last good copy; undefined the first time */
export function judgeFeed(
  untrusted: Uint8Array,
  before: ReadonlySet<string> | undefined,
  limits: FeedLimits,
): FeedVerdict {
  const read = importList(untrusted, {
    formats: limits.formats,
    ...(limits.categories && { categories: limits.categories }),
  });
  if (!read.ok) return { kind: "refused", ja: read.ja, en: read.en };
  const { lines, skipped } = read;
  if (lines.length === 0) {
    return {
      kind: "refused",
      ja: "読み取れる項目が一つもありません。アドレスと format: を確かめてください。",
      en: "Not one entry could be read; check the address and format:.",
    };
  }
  const first = { lines, skipped: skipped.length, added: lines.length, removed: 0 };
  if (!before) return { kind: "taken", ...first };
  const added = lines.filter(({ entry }) => !before.has(entry)).length;
  const removed = before.size - (lines.length - added);
  if (added + removed === 0) return { kind: "unchanged" };
  const percent = (Math.max(added, removed) / Math.max(1, before.size)) * 100;
  const change = { lines, skipped: skipped.length, added, removed };
  if (percent <= limits.maxChangePercent) return { kind: "taken", ...change };
  return {
    kind: "held",
    ...change,
    ja: `変化が大きすぎるため保留しています (追加 ${added} 件、削除 ${removed} 件、上限 ${limits.maxChangePercent}%)。前の内容が有効です。内容を確かめ、正しければ受け入れてください（hanare policy feed 名前 --accept）。`,
    en: `Held: the change is too large (${added} added, ${removed} removed, limit ${limits.maxChangePercent} %). The last good copy stays. Look at what was fetched and, if it is right, accept it (hanare policy feed NAME --accept).`,
  };
}

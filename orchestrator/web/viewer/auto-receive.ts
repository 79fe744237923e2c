/**
 * Which downloads the page fetches by itself. Pure. A file is fetched once, when this page has seen it
 * become releasable: it came after the page's first list, or was not releasable when first seen. What was
 * there and finished before the page opened is left to the person's own click.
 */
import type { Download } from "../../http/file-contract.ts";

type Seen = Pick<Download, "id" | "releasable">;

export interface ReceiveState {
  /** Null until the first list arrived. Value: whether the file was fetched or must not be by itself. */
  readonly known: ReadonlyMap<string, "waiting" | "settled"> | null;
}

export const initialReceiveState: ReceiveState = { known: null };

export function autoReceive(
  state: ReceiveState,
  downloads: readonly Seen[],
): { readonly state: ReceiveState; readonly fetch: readonly string[]; readonly started: boolean } {
  const first = state.known === null;
  const known = new Map(state.known ?? []);
  const fetch: string[] = [];
  let started = false;
  for (const { id, releasable } of downloads) {
    const before = known.get(id);
    if (before === undefined && !first) started = true;
    if (before === "settled") continue;
    if (releasable && !(first && before === undefined)) fetch.push(id);
    known.set(id, releasable ? "settled" : "waiting");
  }
  return { state: { known }, fetch, started };
}

/** Brings released files into the terminal's own Downloads, one after the other. */
import type { Download } from "../../http/file-contract.ts";

/** Browsers take several files at once for an attack and may drop one; a moment apart they arrive. */
const betweenFetchesMs = 400;
let nextFetchAt = 0;

/** Fetches a released file into the terminal's own Downloads, in turn with others. */
export function fetchDownload({ id, name }: Pick<Download, "id" | "name">): void {
  const now = performance.now();
  const at = Math.max(now, nextFetchAt);
  nextFetchAt = at + betweenFetchesMs;
  if (at === now) startFetch(id, name);
  else window.setTimeout(() => startFetch(id, name), at - now);
}

function startFetch(id: string, name: string): void {
  const link = document.createElement("a");
  link.href = `/api/downloads/${encodeURIComponent(id)}/content`;
  // The server names the file; this is the name an interrupted attempt shows.
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

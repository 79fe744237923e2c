/** The page of the tab that a click opens: in the browser's cache while a person reads. */
import { startPath } from "../viewer/opening.ts";

/** The browser keeps the page for a minute. */
const freshMs = 30_000;

let fetchedAt = Number.NEGATIVE_INFINITY;

/** The click then does not wait for it; costs nothing while it is fresh. */
export function fetchStartPage(): void {
  const now = performance.now();
  if (now - fetchedAt < freshMs) return;
  fetchedAt = now;
  fetch(startPath, { credentials: "same-origin" }).catch(() => {
    fetchedAt = Number.NEGATIVE_INFINITY;
  });
}

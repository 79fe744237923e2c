/**
 * The tab that a click opens, made ready while a person reads: its page is fetched into the cache, and
 * browsers that can prepare a page for a new tab render it beforehand (speculation rules with a target hint,
 * Chromium and Edge from 138 on, unless the terminal's policy forbids it).
 */
import { handOver, isWaiting } from "../viewer/handed-click.ts";
import { type Click, startPath, tabName } from "../viewer/opening.ts";

/** The page may be cached for a minute. */
const freshMs = 30_000;
/** A new tab that opens at all takes its click within this time. */
const takenMs = 3000;

let preparedAt = Number.NEGATIVE_INFINITY;
let rules: HTMLScriptElement | null = null;
let used = false;

/** Again after each click, which uses the page up; costs nothing while one is ready. */
export function prepareStartPage(): void {
  if (performance.now() - preparedAt > freshMs) fetchIntoCache();
  if (HTMLScriptElement.supports("speculationrules")) prerender();
}

function prerender(): void {
  if (rules && !used) return;
  // Rules that are there already prepare nothing anew.
  rules?.remove();
  used = false;
  rules = document.createElement("script");
  rules.type = "speculationrules";
  rules.textContent = JSON.stringify({
    prerender: [{ urls: [startPath], target_hint: "_blank", eagerness: "immediate" }],
  });
  document.head.append(rules);
}

function fetchIntoCache(): void {
  preparedAt = performance.now();
  fetch(startPath, { credentials: "same-origin" }).catch(() => {
    preparedAt = Number.NEGATIVE_INFINITY;
  });
}

/** Call it in the click itself. `onRefused` when the browser keeps the tab from opening. */
export function openTab(click: Click, onRefused: () => void): void {
  if (!handOver(click, Date.now())) {
    if (!window.open(startPath, tabName(click))) onRefused();
    return;
  }
  window.open(startPath, "_blank", "noopener");
  used = true;
  window.setTimeout(() => {
    if (isWaiting(click)) onRefused();
  }, takenMs);
}

/** A tab's history as Chromium tells it, and where one can go from here. Pure. */
import { historyEntries } from "../../wire/control.ts";
import { asNumber, asObject, asText, type CdpObject } from "./cdp.ts";

/** What a tab begins with. */
export const emptyPage = "about:blank";
const longestTitle = 200;
const farthestStep = 50;

interface History {
  readonly entries: readonly CdpObject[];
  readonly current: number;
}

export interface HistoryPlace {
  readonly title: string;
  /** From where the tab is; 0 is here. */
  readonly step: number;
}

/** The answer to Page.getNavigationHistory; an empty one for anything else. */
export function readHistory(answer: CdpObject): History {
  const entries = Array.isArray(answer["entries"]) ? answer["entries"] : [];
  return { entries: entries.map(asObject), current: asNumber(answer["currentIndex"]) };
}

/** The empty page a tab begins with is no place to go back to. */
function firstShown({ entries }: History): number {
  return entries[0]?.["url"] === emptyPage ? 1 : 0;
}

/** The nearest places if there are many, the oldest first. */
export function nearestPlaces(history: History): HistoryPlace[] {
  const first = firstShown(history);
  const shown = history.entries
    .map((entry, index) => ({ title: nameOf(entry), step: index - history.current }))
    .slice(first)
    .filter(({ step }) => Math.abs(step) <= farthestStep);
  const here = shown.findIndex(({ step }) => step === 0);
  const from = Math.max(0, Math.min(here - historyEntries / 2, shown.length - historyEntries));
  return shown.slice(from, from + historyEntries);
}

function nameOf(entry: CdpObject): string {
  return (asText(entry["title"]) || (asText(entry["url"]) ?? "")).slice(0, longestTitle);
}

/** Chromium's id of the place so many steps away; undefined when there is none. */
export function entryAt(history: History, step: number): number | undefined {
  const index = history.current + step;
  const id = index < firstShown(history) ? undefined : history.entries[index]?.["id"];
  return typeof id === "number" ? id : undefined;
}

export function whereNow(history: History): {
  /** Empty where the page has none. */
  readonly title: string;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
} {
  const { entries, current } = history;
  return {
    title: asText(entries[current]?.["title"]) ?? "",
    canGoBack: current > firstShown(history),
    canGoForward: current < entries.length - 1,
  };
}

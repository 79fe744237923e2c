/** Where the keys that go from tab to tab, or move one, lead. Pure. */
import type { TabView } from "../../http/room-contract.ts";

type Tabs = readonly Pick<TabView, "id">[];

/** The tab beside the active one, around the ends; null when there is no other. */
export function neighbour(tabs: Tabs, active: number | null, step: 1 | -1): number | null {
  const at = tabs.findIndex((tab) => tab.id === active);
  if (at === -1 || tabs.length < 2) return null;
  return tabs[(at + step + tabs.length) % tabs.length]?.id ?? null;
}

/** The place beside the active tab's own, counted from 0; null at the end of the strip. */
export function placeBeside(tabs: Tabs, active: number | null, step: 1 | -1): number | null {
  const at = tabs.findIndex((tab) => tab.id === active);
  const to = at + step;
  return at === -1 || to < 0 || to >= tabs.length ? null : to;
}

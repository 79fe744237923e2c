/**
 * Which key combinations never reach the remote browser. Pure. Our toolbar stands in for the browser's
 * own tabs, address bar and download list, so their keys are answered here; those that would open one of
 * the browser's own surfaces (developer tools, history, task manager) or end it go nowhere at all.
 *
 * Deliberately passed on: everything that web pages use themselves and that does nothing visible where
 * no page takes it (Ctrl+S, Ctrl+O, Ctrl+E, Ctrl+K), and finding, zooming, reloading, going back.
 */
import type { KeyFacts, ShortcutName } from "./events.ts";

export type LocalKey =
  | { readonly kind: "shortcut"; readonly name: ShortcutName }
  | { readonly kind: "dropped" };

/** By combination as `combination` writes it. */
const shortcuts: Readonly<Record<string, ShortcutName>> = {
  F6: "address",
  "ctrl+l": "address",
  "alt+d": "address",
  "ctrl+t": "new-tab",
  "ctrl+w": "close-tab",
  "ctrl+F4": "close-tab",
  // Chromium would switch by itself, and text would go to the tab that was left.
  "ctrl+Tab": "next-tab",
  "ctrl+PageDown": "next-tab",
  "ctrl+shift+Tab": "previous-tab",
  "ctrl+PageUp": "previous-tab",
  "ctrl+shift+PageUp": "move-tab-left",
  "ctrl+shift+PageDown": "move-tab-right",
  "ctrl+shift+t": "reopen-tab",
  // The page goes to the terminal's printer, through the file desk.
  "ctrl+p": "print",
  "ctrl+j": "downloads",
};

const dropped: ReadonlySet<string> = new Set([
  // Developer tools and page source: refused by policy, with a dialog that has to be clicked away.
  ...["F12", "ctrl+shift+i", "ctrl+shift+j", "ctrl+shift+c", "ctrl+u"],
  // Windows and the browser's end. The last window's end is the session's.
  ...["ctrl+n", "ctrl+shift+n", "ctrl+shift+w", "ctrl+shift+q", "alt+F4"],
  // The task manager fills the screen and has no way back.
  "shift+Escape",
  // History, bookmarks, clearing of data, profiles, tab search, help, caret browsing.
  ...["ctrl+h", "ctrl+d", "ctrl+shift+d", "ctrl+shift+o", "ctrl+shift+b", "ctrl+shift+Delete"],
  ...["ctrl+shift+m", "ctrl+shift+a", "F1", "F7"],
  // The system's print dialog.
  "ctrl+shift+p",
  // Tabs by number: see Ctrl+Tab.
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((digit) => [`ctrl+${digit}`, `alt+${digit}`]),
]);

/** What the viewer does itself with this key; null when it travels like any other. */
export function localKey(event: KeyFacts): LocalKey | null {
  if (event.meta) return null;
  const name = combination(event);
  const shortcut = shortcuts[name];
  if (shortcut !== undefined) return { kind: "shortcut", name: shortcut };
  return dropped.has(name) ? { kind: "dropped" } : null;
}

/** A lock does not change what a combination means, so letters count as small ones. */
function combination(event: KeyFacts): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${event.ctrl ? "ctrl+" : ""}${event.alt ? "alt+" : ""}${event.shift ? "shift+" : ""}${key}`;
}

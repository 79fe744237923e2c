/** What a viewer's address asks for: a new session, or one that is there. */
import type { OpenRequest, ViewerGreeting } from "../../http/room-contract.ts";
import { cleanTyped } from "../base/address.ts";
import { viewSize } from "./view-size.ts";

export interface Opening {
  /** Null while one is asked for. */
  readonly sessionId: string | null;
  /** Path of the WebSocket. */
  readonly path: string;
  /** First message on it. */
  readonly greeting: ViewerGreeting;
}

/** What is known of the window that asks; the browser's own `window` fits. */
export interface Page {
  readonly name: string;
  readonly innerWidth: number;
  readonly innerHeight: number;
  readonly devicePixelRatio: number;
}

/** Address of a viewer whose session is still to be asked for. */
export const startPath = "/view/new";

/** The same, carrying what was typed. */
export function startPathOf(typed: string): string {
  const text = typed.trim();
  return text === "" ? startPath : `${startPath}?${new URLSearchParams({ url: text }).toString()}`;
}

/** Undefined when the address is not a viewer's. */
export function openingOf(pathname: string, search: string, page: Page): Opening | undefined {
  const id = /^\/view\/([^/]+)$/.exec(pathname)?.[1];
  if (id === undefined) return undefined;
  if (id !== "new") return openingOfSession(id);
  const asked = new URLSearchParams(search);
  const url = asked.get("url");
  const click = url === null ? clickOf(page.name) : { url, key: newKey() };
  return {
    sessionId: null,
    path: "/api/open",
    greeting: { type: "open", ...openRequest(click, page) },
  };
}

/** A click in the portal: what was typed there, and its key. */
export interface Click {
  readonly url: string;
  readonly key: string;
}

/**
 * Name of the tab that a click opens. It carries the click, because the start page's address then is always
 * the same and the browser has it already.
 */
export function tabName({ url, key }: Click): string {
  return `hanare-click:${key}:${url}`;
}

/** A tab that has no such name was opened by its address: a click of its own. */
function clickOf(name: string): Click {
  const [, key, url] = /^hanare-click:([A-Za-z0-9_-]{1,64}):(.*)$/s.exec(name) ?? [];
  return key === undefined || url === undefined ? { url: "", key: newKey() } : { url, key };
}

/** For a viewer in a window as large as this one: a new tab of it. */
export function openRequest({ url: typed, key }: Click, page: Page): OpenRequest {
  const url = cleanTyped(typed);
  const size = viewSize(page.innerWidth, page.innerHeight, page.devicePixelRatio);
  return { key, size, ...(url === "" ? {} : { url }) };
}

/** A page that comes to a session that is there. */
export function openingOfSession(id: string): Opening {
  return {
    sessionId: id,
    path: `${sessionPath(id)}/control`,
    greeting: { type: "first-picture" },
  };
}

/** Whatever stands in the page's address, it stays one segment of ours. */
export function sessionPath(id: string): string {
  return `/api/sessions/${encodeURIComponent(id)}`;
}

/** One per click: a page that asks again with it is given what it asked for, not another tab. */
export function newKey(): string {
  return crypto.randomUUID();
}

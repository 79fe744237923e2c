/** What is known of one page of the browser, and the part of it that crosses to the host. */
import type { Tab } from "../../wire/control.ts";
import { asText, type CdpObject } from "./cdp.ts";

export interface PageTarget {
  readonly id: number;
  readonly targetId: string;
  readonly sessionId: string;
  title: string;
  url: string;
  loading: boolean;
  canGoBack: boolean;
  canGoForward: boolean;
  unreachable: string | undefined;
  /** Chromium's id of the document shown, so that one navigation is reported once. */
  loader: string | undefined;
  /** Chromium's id of our own script world in that document. */
  world: Promise<number> | undefined;
  /** The icon that was told of last, as pixels. */
  icon: string | null;
  connection: Tab["connection"];
  /** A box of the page (alert, confirm, prompt, leaving) is open; its scripts stand still. */
  dialog: boolean;
}

/** As Chromium introduces it. */
export function newTarget(
  id: number,
  targetId: string,
  sessionId: string,
  info: CdpObject,
): PageTarget {
  return {
    id,
    targetId,
    sessionId,
    title: asText(info["title"]) ?? "",
    url: asText(info["url"]) ?? "",
    loading: false,
    canGoBack: false,
    canGoForward: false,
    unreachable: undefined,
    loader: undefined,
    world: undefined,
    icon: null,
    connection: undefined,
    dialog: false,
  };
}

export function asTab(tab: PageTarget): Tab {
  return {
    id: tab.id,
    title: tab.title.slice(0, 512),
    url: tab.url.slice(0, 8192),
    loading: tab.loading,
    canGoBack: tab.canGoBack,
    canGoForward: tab.canGoForward,
    ...(tab.connection === undefined ? {} : { connection: tab.connection }),
    ...(tab.unreachable === undefined ? {} : { unreachable: tab.unreachable.slice(0, 8192) }),
  };
}

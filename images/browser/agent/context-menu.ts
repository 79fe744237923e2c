/**
 * The menu of the right mouse button. The kiosk window has none of its own; the viewer draws it, and here it
 * is found out what was clicked and carried out what was chosen. The listener lives in a script world of its
 * own: pages neither see nor reach it, and a page that answers the click itself keeps its own menu. A frame of
 * another site is a process of its own, and a target of its own to the browser.
 */
import type { FromAgent, ToAgent } from "../../wire/control.ts";
import { asNumber, asObject, asText, type Cdp, type CdpObject } from "./cdp.ts";
import type { Clipboard } from "./clipboard.ts";
import { keysyms } from "./keyboard.ts";
import { ignoreGone, type Tabs } from "./tabs.ts";
import type { Typing } from "./typing.ts";

type MenuAct = Extract<ToAgent, { type: "menu" }>["act"];

export interface ContextMenuParts {
  readonly cdp: Cdp;
  readonly tabs: Tabs;
  readonly typing: Typing;
  readonly clipboard: Clipboard;
  readonly report: (message: FromAgent) => void;
  /** Pixels of the picture for a hundred of a page's. */
  readonly scalePct: () => number;
}

/** What was clicked, as the world inside the page tells it; places in pixels of the page at 100 %. */
interface Clicked {
  readonly x: number;
  readonly y: number;
  readonly link: string;
  readonly image: string;
  readonly selection: boolean;
  readonly editable: boolean;
}

const worldName = "hanare-menu";
const urlLimit = 8192;
/** Frames within pages listened to at a time; there is no menu in the rest. Each tab's own document always counts. */
const mostFrames = 64;

export class ContextMenu {
  readonly #o: ContextMenuParts;
  #clicked: Clicked | undefined;
  #frames = 0;
  /** Frames of other sites, and the tab that each is in: by Chromium's ids of their sessions. */
  readonly #tabOfFrame = new Map<string, string>();

  constructor(parts: ContextMenuParts) {
    this.#o = parts;
    const { cdp, tabs } = parts;
    tabs.on("page", (sessionId, frameId) => {
      ignoreGone(this.#listen(sessionId, frameId));
      ignoreGone(this.#followFrames(sessionId));
    });
    cdp.on("event", ({ method, params, sessionId }) => {
      if (sessionId === undefined) return;
      if (method === "Target.attachedToTarget") this.#welcomeFrame(sessionId, params);
      if (method === "Target.detachedFromTarget")
        this.#tabOfFrame.delete(asText(params["sessionId"]) ?? "");
      if (method !== "Page.frameNavigated") return;
      const frame = asObject(params["frame"]);
      const frameId = asText(frame["id"]) ?? "";
      const isInner = frame["parentId"] !== undefined;
      ignoreGone(
        isInner ? this.#listenInner(sessionId, frameId) : this.#listen(sessionId, frameId),
      );
    });
  }

  /** Acts on what was clicked last; where that has no such thing, nothing happens. */
  async choose(act: MenuAct): Promise<void> {
    const { clipboard, report, tabs, typing } = this.#o;
    const { link = "", image = "" } = this.#clicked ?? {};
    switch (act) {
      case "open-link":
        return link === "" ? undefined : tabs.openBehind(link);
      case "open-image":
        return image === "" ? undefined : tabs.openBehind(image);
      case "copy-link":
        if (link === "") return;
        await clipboard.offer(link);
        // An own offer is no program's copy, so it is told here.
        report({ type: "copied", text: link });
        return;
      case "copy":
        return typing.withControl(keysyms.letterC);
      case "cut":
        return typing.withControl(keysyms.letterX);
      case "select-all":
        return typing.withControl(keysyms.letterA);
    }
  }

  async #followFrames(sessionId: string): Promise<void> {
    const how = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
    const which = { filter: [{ type: "iframe" }] };
    await this.#o.cdp.send("Target.setAutoAttach", { ...how, ...which }, sessionId);
  }

  #welcomeFrame(parent: string, params: CdpObject): void {
    const info = asObject(params["targetInfo"]);
    const sessionId = asText(params["sessionId"]);
    if (info["type"] !== "iframe" || sessionId === undefined) return;
    if (this.#tabOfFrame.size >= mostFrames) return;
    this.#tabOfFrame.set(sessionId, this.#tabOfFrame.get(parent) ?? parent);
    // Tells when another document comes.
    ignoreGone(this.#o.cdp.send("Page.enable", {}, sessionId));
    ignoreGone(this.#listenInner(sessionId, asText(info["targetId"]) ?? ""));
    ignoreGone(this.#followFrames(sessionId));
  }

  async #listenInner(sessionId: string, frameId: string): Promise<void> {
    if (this.#frames >= mostFrames) return;
    this.#frames += 1;
    try {
      await this.#listen(sessionId, frameId);
    } finally {
      this.#frames -= 1;
    }
  }

  /** Hears of clicks as long as the frame's document lives; rejects when that ends. */
  async #listen(sessionId: string, frameId: string): Promise<void> {
    const { cdp, tabs } = this.#o;
    const world = { frameId, worldName };
    const made = await cdp.send("Page.createIsolatedWorld", world, sessionId);
    const contextId = asNumber(made["executionContextId"]);
    const expression = `(${String(nextClick)})()`;
    const next = { expression, contextId, awaitPromise: true, returnByValue: true };
    for (;;) {
      const { result } = await cdp.send("Runtime.evaluate", next, sessionId);
      const clicked = readClicked(asObject(result)["value"]);
      // Asked anew: the document came back from the browser's cache, and somebody else listens now.
      if (!clicked) return;
      const tab = this.#tabOfFrame.get(sessionId) ?? sessionId;
      if (tab === tabs.active?.sessionId) this.#told(clicked);
    }
  }

  #told(clicked: Clicked): void {
    this.#clicked = clicked;
    const { link, image, x, y, ...rest } = clicked;
    const at = (place: number, limit: number): number =>
      Math.min(limit, Math.round((place * this.#o.scalePct()) / 100));
    this.#o.report({
      ...{ type: "context-menu", ...rest, x: at(x, 2560), y: at(y, 1440) },
      ...{ link: link !== "", image: image !== "" },
    });
  }
}

/** Undefined for what our own script would not have said: a renderer may be in somebody else's hands. */
export function readClicked(value: unknown): Clicked | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const said = asObject(value);
  const place = (name: string, limit: number): number =>
    Math.max(0, Math.min(limit, Math.round(asNumber(said[name]))));
  return {
    x: place("x", 2560),
    y: place("y", 1440),
    link: webAddress(said["link"]),
    image: webAddress(said["image"]),
    selection: said["selection"] === true,
    editable: said["editable"] === true,
  };
}

/** Only what a tab may be opened with; everything else is as if it were no link. */
function webAddress(value: unknown): string {
  const text = asText(value) ?? "";
  const isWeb = text.length <= urlLimit && /^https?:/i.test(text) && URL.canParse(text);
  return isWeb ? text : "";
}

/* The browser's own objects, as far as the one function uses them: the agent is compiled without the DOM. */
interface PageElement {
  readonly tagName?: string;
  readonly type?: string;
  readonly href?: unknown;
  readonly currentSrc?: unknown;
  readonly isContentEditable?: boolean;
  readonly readOnly?: boolean;
  readonly disabled?: boolean;
  readonly selectionStart?: number | null;
  readonly selectionEnd?: number | null;
}
interface PageClick {
  readonly isTrusted: boolean;
  readonly defaultPrevented: boolean;
  readonly screenX: number;
  readonly screenY: number;
  composedPath(): readonly PageElement[];
}
interface PageView {
  addEventListener(name: string, listener: (event: PageClick) => void, capture: boolean): void;
  getSelection(): { readonly isCollapsed: boolean } | null;
  setTimeout(work: () => void, ms: number): void;
  /** Our world's own: who waits for the next click. */
  hanareClick?: { tell: ((said: unknown) => void) | undefined };
}

/** Runs in the page: it may use nothing from outside its own body. The next click, or null when asked again. */
function nextClick(): Promise<unknown> {
  const view = globalThis as unknown as PageView;
  const wait = (clicks: NonNullable<PageView["hanareClick"]>): Promise<unknown> => {
    clicks.tell?.(null);
    return new Promise((resolve) => {
      clicks.tell = resolve;
    });
  };
  if (view.hanareClick) return wait(view.hanareClick);
  const clicks: NonNullable<PageView["hanareClick"]> = { tell: undefined };
  view.hanareClick = clicks;
  const fields = ["text", "search", "url", "tel", "email", "password", "number"];
  const isField = ({ tagName, type = "" }: PageElement): boolean =>
    tagName === "TEXTAREA" || (tagName === "INPUT" && fields.includes(type));
  view.addEventListener(
    "contextmenu",
    (event) => {
      if (!event.isTrusted) return;
      const path = event.composedPath();
      const field = path.find(isField);
      const link = path.find(
        ({ tagName, href }) => (tagName === "A" || tagName === "AREA") && typeof href === "string",
      );
      const image = path.find(({ tagName }) => tagName === "IMG");
      const inField = field !== undefined && field.selectionStart !== field.selectionEnd;
      const said = {
        x: event.screenX,
        y: event.screenY,
        link: link?.href ?? "",
        image: image?.currentSrc ?? "",
        selection: inField || view.getSelection()?.isCollapsed === false,
        editable: field ? !field.readOnly && !field.disabled : path[0]?.isContentEditable === true,
      };
      // Whether the page has a menu of its own is known when all its listeners have run.
      view.setTimeout(() => {
        if (event.defaultPrevented) return;
        clicks.tell?.(said);
        clicks.tell = undefined;
      }, 0);
    },
    true,
  );
  return wait(clicks);
}

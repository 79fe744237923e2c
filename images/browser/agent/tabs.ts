/**
 * Follows the page targets of the browser and keeps the picture of "my tabs": ids, titles, addresses,
 * loading, history. One tab is active: the one that was opened or chosen last.
 */
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Tab } from "../../wire/control.ts";
import { asNumber, asObject, asText, type Cdp, type CdpEvent, type CdpObject } from "./cdp.ts";
import { readConnection } from "./connection.ts";
import { asTab, newTarget, type PageTarget } from "./page-target.ts";
import { RisingTimer } from "./rising-timer.ts";
import {
  emptyPage,
  entryAt,
  type HistoryPlace,
  nearestPlaces,
  readHistory,
  whereNow,
} from "./tab-history.ts";
import { followIcon } from "./tab-icon.ts";
import { TabPlaces } from "./tab-places.ts";

export interface TabEvents {
  onChange(tabs: Tab[], active: number | null): void;
  onNavigated(tab: number, url: string): void;
  onIcon(tab: number, pixels: string | null): void;
}

const changeDelayMs = 20;
/** A tab that is to be in front is so within this many looks. */
const shownTries = 4;
const shownPauseMs = 50;
/** A tab that is asked for is there within this time. */
const openMs = 2000;
/** How often the active tab is asked for its title and history: after something happened, and at rest. */
const [refreshMs, restRefreshMs] = [1000, 16_000];

/**
 * Tells "active" when another tab has become the active one, "arrived" when none is `arriving` any more,
 * "dialog" when a page opens a box of its own, "page" with Chromium's ids of a new tab and its frame, and "held"
 * before that with the tab's, while nothing has begun in it.
 */
export class Tabs extends EventEmitter<{
  active: [];
  arrived: [];
  dialog: [];
  held: [sessionId: string];
  page: [sessionId: string, frameId: string];
}> {
  readonly #cdp: Cdp;
  readonly #events: TabEvents;
  readonly #byTarget = new Map<string, PageTarget>();
  /** Most recently active last. */
  #order: string[] = [];
  readonly #places = new TabPlaces();
  /** Tabs that were asked for from outside and have not come yet. */
  #asked = 0;
  /** The next address is for the tab that was asked for last: settles when that is there, or will not be. */
  #opening: Promise<unknown> = Promise.resolve();
  readonly #first = Promise.withResolvers<undefined>();
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  readonly #refreshing = new RisingTimer(
    () => this.active && ignoreGone(this.#refresh(this.active)),
    refreshMs,
    restRefreshMs,
  );
  #arriving = 0;

  constructor(cdp: Cdp, events: TabEvents) {
    super();
    this.#cdp = cdp;
    this.#events = events;
    cdp.on("event", (event) => this.#onEvent(event));
  }

  /** Resolves once there is a tab that can be told to go somewhere. */
  async follow(): Promise<void> {
    await this.#cdp.send("Target.setDiscoverTargets", {
      discover: true,
      filter: [{ type: "page" }],
    });
    await this.#cdp.send("Target.setAutoAttach", {
      autoAttach: true,
      // Held until Page.enable is in place, so that no navigation of a new tab goes unseen.
      waitForDebuggerOnStart: true,
      flatten: true,
      filter: [{ type: "page" }],
    });
    this.#refreshing.soon();
    await this.#first.promise;
  }

  get active(): PageTarget | undefined {
    return this.#byTarget.get(this.#order.at(-1) ?? "");
  }

  /** Sends to the active tab; a tab that vanishes meanwhile is no error. */
  async toActive(method: string, params: CdpObject = {}): Promise<CdpObject> {
    const tab = this.active;
    if (!tab) return {};
    return this.#cdp.send(method, params, tab.sessionId);
  }

  /**
   * The value of an expression, evaluated in the active page's document but in a world of its own: the
   * page's scripts neither see it nor can change what it uses. Rejects when the page does not let it.
   */
  async look(expression: string): Promise<unknown> {
    return this.active && this.#lookIn(this.active, expression);
  }

  async #lookIn(tab: PageTarget, expression: string): Promise<unknown> {
    const world = this.#worldOf(tab);
    const contextId = await world;
    const how = { expression, contextId, returnByValue: true, awaitPromise: true };
    try {
      const { result } = await this.#cdp.send("Runtime.evaluate", how, tab.sessionId);
      return asObject(result)["value"];
    } catch (error) {
      // The document it was in is gone; its successor's world may be there already.
      if (tab.world === world) tab.world = undefined;
      throw error;
    }
  }

  #worldOf(tab: PageTarget): Promise<number> {
    tab.world ??= this.#cdp
      .send("Page.createIsolatedWorld", { frameId: tab.targetId }, tab.sessionId)
      .then((made) => asNumber(made["executionContextId"]));
    const world = tab.world;
    world.catch(() => {
      if (tab.world === world) tab.world = undefined;
    });
    return world;
  }

  /** The active tab has been told to go somewhere and still shows what was there before. */
  get arriving(): boolean {
    return this.#arriving > 0;
  }

  /** Chromium answers when the new page has taken the old one's place, or will not. */
  async go(url: string): Promise<void> {
    await this.#opening;
    this.#arriving += 1;
    try {
      await this.toActive("Page.navigate", { url });
    } finally {
      this.#arriving -= 1;
      if (!this.arriving) this.emit("arrived");
    }
  }

  async open(url: string): Promise<void> {
    this.#asked += 1;
    const signal = AbortSignal.timeout(openMs);
    this.#opening = once(this, "active", { signal }).catch(() => undefined);
    await this.#cdp.send("Target.createTarget", { url });
  }

  /** A tab that stays behind the active one, as a link does that is opened beside the page. */
  async openBehind(url: string): Promise<void> {
    await this.#cdp.send("Target.createTarget", { url, background: true });
  }

  /** The tab closed last, if it is remembered. */
  async reopen(): Promise<void> {
    const url = this.#places.takeClosed();
    if (url !== undefined) await this.open(url);
  }

  move(id: number, to: number): void {
    const tab = this.#find(id);
    if (!tab) return;
    this.#places.move(tab.targetId, to);
    this.#changed();
  }

  async activate(id: number): Promise<void> {
    const tab = this.#find(id);
    if (tab) await this.#makeActive(tab.targetId);
  }

  /** The last tab is replaced, not closed: without a window Chromium would end. */
  async close(id: number): Promise<void> {
    const tab = this.#find(id);
    if (!tab) return;
    if (this.#byTarget.size === 1) await this.open(emptyPage);
    await this.#cdp.send("Target.closeTarget", { targetId: tab.targetId });
  }

  /** Where the active tab can go. */
  async history(): Promise<{ tab: number; entries: HistoryPlace[] } | undefined> {
    const tab = this.active;
    if (!tab) return undefined;
    const said = await this.#cdp.send("Page.getNavigationHistory", {}, tab.sessionId);
    return { tab: tab.id, entries: nearestPlaces(readHistory(said)) };
  }

  async goHistory(step: number): Promise<void> {
    const history = readHistory(await this.toActive("Page.getNavigationHistory"));
    const entryId = entryAt(history, step);
    if (entryId !== undefined) await this.toActive("Page.navigateToHistoryEntry", { entryId });
  }

  /** Tells the listener what is true now, also when nothing changed. */
  report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tabs = this.#places.all
      .flatMap((targetId) => this.#byTarget.get(targetId) ?? [])
      .slice(0, 64)
      .map(asTab);
    this.#events.onChange(tabs, this.active?.id ?? null);
  }

  /** Tells the listener of every icon; to a host that is new. */
  reportIcons(): void {
    for (const { id, icon } of this.#byTarget.values())
      if (icon !== null) this.#events.onIcon(id, icon);
  }

  #find(id: number): PageTarget | undefined {
    return [...this.#byTarget.values()].find((each) => each.id === id);
  }

  async #makeActive(targetId: string): Promise<void> {
    this.#order = [...this.#order.filter((each) => each !== targetId), targetId];
    this.emit("active");
    await this.#cdp.send("Target.activateTarget", { targetId });
    this.#changed();
  }

  #changed(): void {
    this.#refreshing.soon();
    this.#timer ??= setTimeout(() => this.report(), changeDelayMs);
  }

  #onEvent({ method, params, sessionId }: CdpEvent): void {
    switch (method) {
      case "Target.attachedToTarget":
        this.#attached(params);
        return;
      case "Target.targetInfoChanged":
        this.#infoChanged(asObject(params["targetInfo"]));
        return;
      case "Target.targetDestroyed":
        this.#destroyed(asText(params["targetId"]) ?? "");
        return;
      default:
        if (sessionId !== undefined && method.startsWith("Page."))
          this.#pageEvent(sessionId, method, params);
        if (sessionId !== undefined && method === "Security.visibleSecurityStateChanged")
          this.#connectionChanged(sessionId, params);
    }
  }

  #attached(params: CdpObject): void {
    const info = asObject(params["targetInfo"]);
    const targetId = asText(info["targetId"]);
    const sessionId = asText(params["sessionId"]);
    if (targetId === undefined || sessionId === undefined) return;
    if (info["type"] === "page") this.emit("held", sessionId);
    ignoreGone(this.#cdp.send("Runtime.runIfWaitingForDebugger", {}, sessionId));
    if (info["type"] === "page") ignoreGone(this.#welcome(info, targetId, sessionId));
  }

  /** The browser's own pop-ups are page targets too; only what sits in a window is a tab. */
  async #welcome(info: CdpObject, targetId: string, sessionId: string): Promise<void> {
    const asked = this.#asked > 0 || this.#byTarget.size === 0;
    if (this.#asked > 0) this.#asked -= 1;
    const window = await this.#cdp.send("Browser.getWindowForTarget", { targetId });
    const tab = newTarget(++this.#lastId, targetId, sessionId, info);
    this.#byTarget.set(targetId, tab);
    this.#places.add(targetId, asText(info["openerId"]));
    ignoreGone(this.#watchPage(tab));
    // Pop-ups come with a frame and an address bar of their own; full screen takes both away.
    const bounds = { windowState: "fullscreen" };
    ignoreGone(this.#cdp.send("Browser.setWindowBounds", { windowId: window["windowId"], bounds }));
    // A page's own new tab stays behind when the person opened it with the middle button.
    const shown = asked || (await this.#isShown(tab));
    // Closed again meanwhile: a tab that is gone is not made the active one.
    if (!this.#byTarget.has(targetId)) return;
    if (shown) await this.#makeActive(targetId);
    else this.#order = [targetId, ...this.#order.filter((each) => each !== targetId)];
    this.#first.resolve(undefined);
    this.#changed();
  }

  /** Whether the browser itself has brought a new tab to the front; asked more than once while it begins. */
  async #isShown(tab: PageTarget): Promise<boolean> {
    for (let n = 0; n < shownTries; n += 1) {
      const state = await this.#lookIn(tab, "document.visibilityState").catch(() => undefined);
      if (state === "visible") return true;
      await sleep(shownPauseMs);
    }
    return false;
  }

  /** A first navigation may commit before Page.enable takes hold, so the frame is asked once. */
  async #watchPage(tab: PageTarget): Promise<void> {
    this.emit("page", tab.sessionId, tab.targetId);
    await this.#cdp.send("Page.enable", {}, tab.sessionId);
    ignoreGone(this.#cdp.send("Security.enable", {}, tab.sessionId));
    // The browser's own file dialog shows the container's folders; the terminal's is asked instead.
    const intercept = { enabled: true };
    ignoreGone(this.#cdp.send("Page.setInterceptFileChooserDialog", intercept, tab.sessionId));
    const { frameTree } = await this.#cdp.send("Page.getFrameTree", {}, tab.sessionId);
    this.#navigated(tab, asObject(asObject(frameTree)["frame"]));
    this.#changed();
  }

  #infoChanged(info: CdpObject): void {
    const tab = this.#byTarget.get(asText(info["targetId"]) ?? "");
    if (!tab) return;
    tab.title = asText(info["title"]) ?? tab.title;
    tab.url = asText(info["url"]) ?? tab.url;
    this.#changed();
  }

  #destroyed(targetId: string): void {
    const gone = this.#byTarget.get(targetId);
    if (!gone) return;
    this.#byTarget.delete(targetId);
    this.#places.remove(targetId, gone.url);
    const wasActive = this.#order.at(-1) === targetId;
    this.#order = this.#order.filter((each) => each !== targetId);
    const next = this.#order.at(-1);
    if (next === undefined) ignoreGone(this.open(emptyPage));
    else if (wasActive) ignoreGone(this.#makeActive(next));
    this.#changed();
  }

  #connectionChanged(sessionId: string, params: CdpObject): void {
    const tab = [...this.#byTarget.values()].find((each) => each.sessionId === sessionId);
    if (!tab) return;
    tab.connection = readConnection(asObject(params["visibleSecurityState"]));
    this.#changed();
  }

  #pageEvent(sessionId: string, method: string, params: CdpObject): void {
    const tab = [...this.#byTarget.values()].find((each) => each.sessionId === sessionId);
    if (!tab) return;
    if (method === "Page.frameNavigated") this.#navigated(tab, asObject(params["frame"]));
    else if (method === "Page.javascriptDialogOpening") this.#dialog(tab, true);
    else if (method === "Page.javascriptDialogClosed") this.#dialog(tab, false);
    else if (params["frameId"] !== tab.targetId) return;
    else if (method === "Page.frameStartedLoading") tab.loading = true;
    else if (method === "Page.frameStoppedLoading") this.#loaded(tab);
    else if (method === "Page.navigatedWithinDocument") ignoreGone(this.#refresh(tab));
    else return;
    this.#changed();
  }

  #navigated(tab: PageTarget, frame: CdpObject): void {
    if (frame["parentId"] !== undefined) return;
    tab.unreachable = asText(frame["unreachableUrl"]);
    const url = tab.unreachable ?? asText(frame["url"]) ?? "";
    tab.url = url;
    const loader = asText(frame["loaderId"]);
    if (loader === tab.loader) return;
    tab.loader = loader;
    tab.world = undefined;
    this.#iconIs(tab, null);
    this.#events.onNavigated(tab.id, url);
  }

  #dialog(tab: PageTarget, open: boolean): void {
    tab.dialog = open;
    if (open) this.emit("dialog");
  }

  /** The history is asked only now: while an error page commits, Chromium refuses the question. */
  #loaded(tab: PageTarget): void {
    tab.loading = false;
    ignoreGone(this.#refresh(tab));
    ignoreGone(this.#followIcon(tab));
  }

  /** A document that has gone meanwhile leaves its successor's icon alone. */
  #followIcon(tab: PageTarget): Promise<void> {
    const { loader } = tab;
    const look = (expression: string): Promise<unknown> =>
      tab.loader === loader ? this.#lookIn(tab, expression) : Promise.resolve(undefined);
    return followIcon(look, (pixels) => {
      if (tab.loader === loader) this.#iconIs(tab, pixels);
    });
  }

  #iconIs(tab: PageTarget, pixels: string | null): void {
    if (tab.icon === pixels) return;
    tab.icon = pixels;
    this.#events.onIcon(tab.id, pixels);
  }

  /** Asks for what Chromium sends no event for: the title a page gives itself, and the history around it. */
  async #refresh(tab: PageTarget): Promise<void> {
    const said = await this.#cdp.send("Page.getNavigationHistory", {}, tab.sessionId);
    const { title: shown, canGoBack, canGoForward } = whereNow(readHistory(said));
    const title = shown === "" ? tab.title : shown;
    if (title === tab.title && canGoBack === tab.canGoBack && canGoForward === tab.canGoForward)
      return;
    Object.assign(tab, { title, canGoBack, canGoForward });
    this.#changed();
  }
}

/** A target may be gone by the time Chromium answers; its targetDestroyed event says so. */
export function ignoreGone(work: Promise<unknown>): void {
  work.catch((error: unknown) => process.stderr.write(`cdp: ${String(error)}\n`));
}

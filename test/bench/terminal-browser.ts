/**
 * The terminal of the benches of opening: a real Chromium driven over its DevTools pipe and attached tab by
 * tab, with no more between it and its pages than a person's browser has.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { Cdp, type CdpEvent } from "../../images/browser/agent/cdp.ts";
import type { SessionId } from "../../orchestrator/base/ids.ts";
import type { Installation } from "../support/installation.ts";
import { chromiumPath, password, portalKeyHash } from "../support/terminal.ts";

const stepMs = 20;
const patienceMs = 60_000;
/** A person who opens the internet has looked at the portal for so long. */
const readingMs = 1500;

interface Page {
  readonly target: string;
  readonly session: string;
}

/** A stage that was reached, and when: milliseconds of the terminal's clock. */
export type Mark = readonly [name: string, at: number];

export interface Click {
  /** From the click to the first picture of the asked page. */
  readonly ms: number;
  readonly clickedAt: number;
  /** What a tracing terminal saw. */
  readonly marks: readonly Mark[];
  readonly id: SessionId;
  readonly close: () => Promise<void>;
}

export class TerminalBrowser implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #cdp: Cdp;
  readonly #watch: string;
  readonly #pages = new Map<string, Page>();

  private constructor(process: ChildProcess, profile: string, watch: string) {
    this.#process = process;
    this.#profile = profile;
    // Once a document: a window may keep its object when its first document is replaced.
    this.#watch = `document.hanareWatched ??= ((() => {${watch}\n})(), true)`;
    this.#cdp = new Cdp(process.stdio[4] as Readable, process.stdio[3] as Writable);
    this.#cdp.on("event", (event) => void this.#onEvent(event).catch(() => undefined));
  }

  /** One that traces notes also how far each page has come. */
  static async start(trace?: "trace"): Promise<TerminalBrowser> {
    const profile = await mkdtemp(join(tmpdir(), "hanare-test-"));
    const script = (name: string) =>
      readFile(join(import.meta.dirname, "../support/pages", `${name}.js`), "utf8");
    const watch = [await script("watch-picture"), trace ? await script("trace-open") : ""];
    const args = [
      "--headless=new",
      // The terminal's own sandbox is not under test here, and root cannot have it.
      "--no-sandbox",
      "--no-first-run",
      "--disable-component-update",
      // 1280×720 for the page itself.
      "--window-size=1280,863",
      "--lang=ja",
      `--ignore-certificate-errors-spki-list=${await portalKeyHash()}`,
      `--user-data-dir=${profile}`,
      "--remote-debugging-pipe",
      "about:blank",
    ];
    const process = spawn(chromiumPath, args, {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    const terminal = new TerminalBrowser(process, profile, watch.join("\n"));
    await terminal.#attach("tab");
    return terminal;
  }

  /** Signs the first administrator in and sets the password; the portal is shown afterwards. */
  async firstSignIn({ url, administrator }: Installation): Promise<Portal> {
    const page = await until("the first tab", () => [...this.#pages.values()].at(0));
    const portal = new Portal(this, page);
    await this.send("Page.navigate", { url }, page);
    await portal.fill("sign-in-name", administrator.name);
    await portal.fill("sign-in-password", administrator.oneTimePassword);
    await portal.press("sign-in-submit");
    await portal.fill("current-password", administrator.oneTimePassword);
    await portal.fill("new-password", password);
    await portal.fill("new-password-repeat", password);
    await portal.press("new-password-submit");
    await portal.find("open-internet");
    return portal;
  }

  send(method: string, params: Record<string, unknown>, { session }: Page) {
    return this.#cdp.send(method, params, session);
  }

  /** Undefined also while the page is not there yet or no more. */
  async evaluate(expression: string, { session }: Page): Promise<unknown> {
    try {
      const answer = await this.#cdp.send(
        "Runtime.evaluate",
        { expression, returnByValue: true },
        session,
      );
      return (answer["result"] as { value?: unknown } | undefined)?.value;
    } catch {
      return undefined;
    }
  }

  others(page: Page): Page[] {
    return [...this.#pages.values()].filter(({ target }) => target !== page.target);
  }

  /**
   * When the page showed something, or undefined. A new tab's first document is replaced without a word to
   * those who asked to be there first, so whatever document stands is watched from here on.
   */
  async watch(page: Page): Promise<number | undefined> {
    const shown = `${this.#watch}; document.documentElement?.dataset.askedPage`;
    const at = await this.evaluate(shown, page);
    return typeof at === "string" ? Number(at) : undefined;
  }

  async closeTab({ target }: Page): Promise<void> {
    await this.#cdp.send("Target.closeTarget", { targetId: target });
    await until("the tab to close", () => (this.#pages.has(target) ? undefined : true));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #attach(type: "page" | "tab", session?: string): Promise<void> {
    const params = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true };
    await this.#cdp.send(
      "Target.setAutoAttach",
      type === "tab" ? { ...params, filter: [{ type }] } : params,
      session,
    );
  }

  async #onEvent({ method, params }: CdpEvent): Promise<void> {
    const session = String(params["sessionId"]);
    if (method === "Target.detachedFromTarget")
      for (const page of this.#pages.values())
        if (page.session === session) this.#pages.delete(page.target);
    if (method !== "Target.attachedToTarget") return;
    const { type, targetId } = params["targetInfo"] as { type: string; targetId: string };
    if (type === "tab") await this.#attach("page", session);
    if (type === "page") {
      this.#pages.set(targetId, { target: targetId, session });
      // Pages go, and at the end the browser does: what was asked of them then stays unanswered.
      this.#cdp.send("Page.enable", {}, session).catch(() => undefined);
      const source = this.#watch;
      this.#cdp
        .send("Page.addScriptToEvaluateOnNewDocument", { source }, session)
        .catch(() => undefined);
    }
    await this.#cdp.send("Runtime.runIfWaitingForDebugger", {}, session);
  }
}

/** When the portal's own requests for a session left and came back. */
const portalRequests = `performance.getEntriesByType("resource")
  .filter(({ name }) => name.endsWith("/api/sessions"))
  .slice(-1)
  .flatMap(({ startTime, responseEnd }) => [
    ["portal: asks for a session", performance.timeOrigin + startTime],
    ["portal: is answered", performance.timeOrigin + responseEnd],
  ])`;

/** The tab with the portal in it, and a person before it. */
export class Portal {
  readonly #terminal: TerminalBrowser;
  readonly #page: Page;

  constructor(terminal: TerminalBrowser, page: Page) {
    this.#terminal = terminal;
    this.#page = page;
  }

  /** Looks at the portal, clicks 「インターネットを開く」, waits for the asked page. */
  async open(): Promise<Click> {
    await this.#terminal.send("Page.bringToFront", {}, this.#page);
    await new Promise((resolve) => setTimeout(resolve, readingMs));
    await this.#terminal.watch(this.#page);
    await this.press("open-internet");
    const { page, shownAt } = await until("the asked page's picture", () => this.#shown());
    const clickedAt = Number(
      await this.#terminal.evaluate("localStorage.getItem('hanare.bench.click')", this.#page),
    );
    const marks = await this.#terminal.evaluate("window.hanareMarks ?? []", page);
    const requests = await this.#terminal.evaluate(portalRequests, this.#page);
    const id = await until(
      "the session's address",
      async () =>
        /\/view\/(s[a-z2-9]{20})/.exec(
          String(await this.#terminal.evaluate("location.pathname", page)),
        )?.[1],
    );
    return {
      ms: shownAt - clickedAt,
      clickedAt,
      marks: [...(marks as Mark[]), ...(requests as Mark[])],
      id: id as SessionId,
      close: () => this.#terminal.closeTab(page),
    };
  }

  async find(testId: string): Promise<{ x: number; y: number }> {
    const place = `(() => {
      const element = document.querySelector("[data-testid=${testId}]");
      element?.scrollIntoView({ block: "nearest" });
      const box = element?.getBoundingClientRect();
      return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`;
    return until(
      testId,
      async () =>
        (await this.#terminal.evaluate(place, this.#page)) as { x: number; y: number } | undefined,
    );
  }

  async fill(testId: string, text: string): Promise<void> {
    await this.press(testId);
    await this.#terminal.send("Input.insertText", { text }, this.#page);
  }

  async press(testId: string): Promise<void> {
    const place = await this.find(testId);
    const mouse = (type: string, button: string) =>
      this.#terminal.send(
        "Input.dispatchMouseEvent",
        { type, ...place, button, clickCount: 1 },
        this.#page,
      );
    await mouse("mouseMoved", "none");
    await mouse("mousePressed", "left");
    await mouse("mouseReleased", "left");
  }

  async #shown(): Promise<{ page: Page; shownAt: number } | undefined> {
    for (const page of this.#terminal.others(this.#page)) {
      const shownAt = await this.#terminal.watch(page);
      if (shownAt !== undefined) return { page, shownAt };
    }
    return undefined;
  }
}

async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end)
      throw new Error(`the terminal waited ${patienceMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
}

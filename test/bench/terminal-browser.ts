/**
 * The terminal of the benches of opening: a real Chromium driven over its DevTools pipe and attached tab by
 * tab. Attached page by page, as test libraries do, it prepares no page for the next click ("disabled by
 * DevTools"), which a person's browser does.
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

export interface Click {
  /** From the click to the first picture of the asked page. */
  readonly ms: number;
  readonly id: SessionId;
  /** Whether the browser had the tab ready. */
  readonly prepared: boolean;
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
    this.#watch = watch;
    this.#cdp = new Cdp(process.stdio[4] as Readable, process.stdio[3] as Writable);
    this.#cdp.on("event", (event) => void this.#onEvent(event).catch(() => undefined));
  }

  static async start(): Promise<TerminalBrowser> {
    const profile = await mkdtemp(join(tmpdir(), "hanare-test-"));
    const watch = join(import.meta.dirname, "../support/pages/watch-picture.js");
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
    const terminal = new TerminalBrowser(process, profile, await readFile(watch, "utf8"));
    await terminal.#attach("tab");
    return terminal;
  }

  /** Signs the first administrator in and sets the password; the portal is shown afterwards. */
  async firstSignIn({ url, administrator }: Installation): Promise<Portal> {
    const page = await until(() => [...this.#pages.values()].at(0));
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

  /** For pages that were there before anybody could put it into them. */
  async watchPictures(page: Page): Promise<void> {
    await this.evaluate(`window.hanareWatched ??= (${wrapped(this.#watch)}, true)`, page);
  }

  async closeTab({ target }: Page): Promise<void> {
    await this.#cdp.send("Target.closeTarget", { targetId: target });
    await until(() => (this.#pages.has(target) ? undefined : true));
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
      void this.#cdp.send("Page.enable", {}, session);
      const source = `window.hanareWatched ??= (${wrapped(this.#watch)}, true)`;
      void this.#cdp.send("Page.addScriptToEvaluateOnNewDocument", { source }, session);
    }
    await this.#cdp.send("Runtime.runIfWaitingForDebugger", {}, session);
  }
}

const wrapped = (script: string): string => `(() => {${script}\n})()`;

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
    for (const page of this.#terminal.others(this.#page)) await this.#terminal.watchPictures(page);
    await this.press("open-internet");
    const { page, shownAt } = await until(() => this.#shown());
    const clickedAt = Number(
      await this.#terminal.evaluate("localStorage.getItem('hanare.bench.click')", this.#page),
    );
    const navigation = "performance.getEntriesByType('navigation')[0].activationStart";
    const id = await until(
      async () =>
        /\/view\/(s[a-z2-9]{20})/.exec(
          String(await this.#terminal.evaluate("location.pathname", page)),
        )?.[1],
    );
    return {
      ms: shownAt - clickedAt,
      id: id as SessionId,
      prepared: Number(await this.#terminal.evaluate(navigation, page)) > 0,
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
      const shown = "document.documentElement?.dataset.askedPage";
      const at = await this.#terminal.evaluate(shown, page);
      if (typeof at === "string") return { page, shownAt: Number(at) };
    }
    return undefined;
  }
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`the terminal waited ${patienceMs} ms in vain`);
    await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
}

/**
 * A real Firefox as the terminal, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), which it
 * speaks by itself: no driver program between, and no more of the protocol than these tests need.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import { WebSocket } from "ws";

/** WebDriver's characters for keys that are none (https://www.w3.org/TR/webdriver2/#keyboard-actions). */
const keys = { Enter: "\uE007", Control: "\uE009", Backspace: "\uE003" } as const;

const preferences = {
  "intl.accept_languages": "ja",
  // What it would ask the real internet for.
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.safebrowsing.downloads.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.server": "data:,",
};

interface Answer {
  readonly id?: number;
  readonly type: string;
  readonly result?: Record<string, unknown>;
  readonly message?: string;
}

export class Firefox implements AsyncDisposable {
  /** Where it puts what it downloads. */
  readonly downloads: string;
  readonly #socket: WebSocket;
  readonly #stack: AsyncDisposableStack;
  readonly #asked = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();

  private constructor(socket: WebSocket, downloads: string, stack: AsyncDisposableStack) {
    this.downloads = downloads;
    this.#socket = socket;
    this.#stack = stack;
    socket.on("message", (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Answer));
  }

  /** `scripts`: files that run in every page before its own. */
  static async start(program: string, scripts: readonly string[]): Promise<Firefox> {
    await using stack = new AsyncDisposableStack();
    const home = await mkdtemp(join(tmpdir(), "hanare-test-firefox-"));
    stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
    const downloads = await mkdtemp(join(tmpdir(), "hanare-test-received-"));
    stack.defer(() => rm(downloads, { recursive: true }));
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    await writeFile(join(home, "user.js"), lines.join(""));
    const args = ["--headless", "--no-remote", "--profile", home, "--remote-debugging-port=0"];
    const running = spawn(program, args, {
      env: { ...process.env, HOME: home },
      stdio: ["ignore", "ignore", "pipe"],
    });
    stack.defer(async () => {
      const ended = running.exitCode === null ? once(running, "exit") : undefined;
      running.kill("SIGKILL");
      await ended;
    });
    const socket = new WebSocket(`${await addressOf(running)}/session`, {
      maxPayload: 64 * 1024 * 1024,
    });
    stack.defer(() => socket.terminate());
    await once(socket, "open");
    const firefox = new Firefox(socket, downloads, stack.move());
    await firefox.send("session.new", {
      capabilities: { alwaysMatch: { acceptInsecureCerts: true } },
    });
    await firefox.send("browser.setDownloadBehavior", {
      downloadBehavior: { type: "allowed", destinationFolder: downloads },
    });
    for (const file of scripts) {
      const functionDeclaration = `() => {${await readFile(file, "utf8")}\n}`;
      await firefox.send("script.addPreloadScript", { functionDeclaration });
    }
    return firefox;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  send(method: string, params: object): Promise<Record<string, unknown>> {
    const id = this.#asked.size + 1;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#asked.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return answer.promise;
  }

  /** The first tab whose address has this in it. */
  async tab(address: string): Promise<FirefoxTab> {
    let found: string | undefined;
    await expect
      .poll(
        async () => {
          const { contexts } = (await this.send("browsingContext.getTree", {})) as {
            contexts: { context: string; url: string }[];
          };
          found = contexts.find(({ url }) => url.includes(address))?.context;
          return found;
        },
        { timeout: 30_000 },
      )
      .toBeDefined();
    const context = found ?? "";
    const viewport = { width: 1280, height: 720 };
    await this.send("browsingContext.setViewport", { context, viewport });
    await this.send("browsingContext.activate", { context });
    return new FirefoxTab(this, context);
  }

  #hear({ id, type, result, message }: Answer): void {
    const asked = this.#asked.get(id ?? 0);
    if (type === "success") asked?.resolve(result ?? {});
    else if (type === "error") asked?.reject(new Error(message));
  }
}

/** Firefox says on stderr where it listens. */
async function addressOf(process: ChildProcess): Promise<string> {
  if (!process.stderr) throw new Error("no stderr");
  for await (const line of createInterface(process.stderr)) {
    const [, address] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(line) ?? [];
    if (address === undefined) continue;
    process.stderr.resume();
    return address;
  }
  throw new Error("Firefox ended before it listened");
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export class FirefoxTab {
  readonly #firefox: Firefox;
  readonly #context: string;

  constructor(firefox: Firefox, context: string) {
    this.#firefox = firefox;
    this.#context = context;
  }

  async go(url: string): Promise<void> {
    await this.#firefox.send("browsingContext.navigate", {
      ...{ context: this.#context, url },
      wait: "complete",
    });
  }

  /** The value of an expression in the page; it crosses as JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.#firefox.send("script.evaluate", {
      expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
      target: { context: this.#context },
      awaitPromise: true,
      userActivation: false,
    })) as { result?: { value: string }; exceptionDetails?: { text: string } };
    if (!result) throw new Error(exceptionDetails?.text ?? "no answer");
    return JSON.parse(result.value) as T;
  }

  attribute(testId: string, name: string): Promise<string | null> {
    return this.evaluate(
      `document.querySelector("[data-testid=${testId}]")?.getAttribute(${JSON.stringify(name)})`,
    );
  }

  /** Where an element is, once it is there and can be pressed. */
  async find(selector: string): Promise<Box> {
    const look = `(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      if (!element || element.disabled) return [];
      element.scrollIntoView({ block: "nearest" });
      const { x, y, width: w, height: h } = element.getBoundingClientRect();
      return w > 0 ? [{ x, y, w, h }] : [];
    })()`;
    const found: Box[] = [];
    await expect
      .poll(async () => found.push(...(await this.evaluate<Box[]>(look))), { timeout: 30_000 })
      .toBeGreaterThan(0);
    const [box] = found;
    if (!box) throw new Error(selector);
    return box;
  }

  async click(selector: string, at?: { readonly x: number; readonly y: number }): Promise<void> {
    const { x, y, w, h } = await this.find(selector);
    const place = { x: Math.round(x + (at?.x ?? w / 2)), y: Math.round(y + (at?.y ?? h / 2)) };
    await this.#act("pointer", [
      { type: "pointerMove", ...place },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ]);
  }

  async wheel(at: { readonly x: number; readonly y: number }, deltaY: number): Promise<void> {
    await this.#act("wheel", [{ type: "scroll", ...at, deltaX: 0, deltaY }]);
  }

  async type(text: string): Promise<void> {
    await this.#act("key", Array.from(text, (value) => [down(value), up(value)]).flat());
  }

  /** Keys held one in the other: the last is pressed while those before it are down. */
  async press(...held: readonly (keyof typeof keys | (string & {}))[]): Promise<void> {
    const values = held.map((name) => (name in keys ? keys[name as keyof typeof keys] : name));
    await this.#act("key", [...values.map(down), ...values.toReversed().map(up)]);
  }

  /** Puts the text in a field as a person does: click, type. */
  async fill(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.press("Control", "a");
    await this.type(text);
  }

  async #act(type: "key" | "pointer" | "wheel", actions: readonly object[]): Promise<void> {
    await this.#firefox.send("input.performActions", {
      context: this.#context,
      actions: [{ type, id: type, actions }],
    });
  }
}

const down = (value: string) => ({ type: "keyDown", value });
const up = (value: string) => ({ type: "keyUp", value });

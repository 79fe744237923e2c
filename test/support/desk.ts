/**
 * A person at a terminal who types, points and copies, and a page of the tests' internet (internet/desk/)
 * in the isolated browser that reports what it hears.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { type Installation, startInstallation, testPolicy } from "./installation.ts";
import { originAddress, startInternet } from "./internet.ts";
import { firstSignIn, go, newProfile, openInternet, startTerminal } from "./terminal.ts";

export const deskUrl = "https://www.allowed.test/desk/typing.html";

export interface Heard {
  readonly type: string;
  readonly data?: string | null;
  readonly key?: string;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
  readonly alt?: boolean;
  readonly isComposing?: boolean;
  readonly inputType?: string;
  readonly kinds?: readonly string[];
  readonly button?: number;
}

export interface Report {
  readonly query: string;
  readonly field: string;
  readonly value: string;
  readonly caret: { readonly x: number; readonly y: number } | null;
  readonly log: readonly Heard[];
  readonly answer?: string | null;
  readonly selected?: string;
  readonly wheel?: number;
  readonly answers?: Readonly<Record<string, string>>;
  /** What desk/boxes.html was answered, and the density and width that it sees. */
  readonly boxes?: Readonly<Record<string, string>>;
  readonly ratio?: number;
  readonly width?: number;
  /** What a page sees when it looks at window.print. */
  readonly printer?: string;
  /** Tones that desk/sound.html has played since it was opened. */
  readonly played?: number;
}

export interface AuditRow {
  readonly outcome: string;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The tests' policy with one rule of rights for everybody. */
export const deskPolicy = (
  clipboard: string,
  more = "print: true, watermark: false",
): string => `${testPolicy()}
rights:
  - { id: K100, name: 全員, session: true, download: true, clipboard: ${clipboard}, ${more} }
`;

/** A composition of the whole text at once. */
export const commit = (text: string) => [
  { do: "start" },
  { do: "update", data: text, from: text.length, to: text.length },
  { do: "end", data: text },
];

/** The page's next report that satisfies; what came before it is passed over. */
export async function heardReport(satisfies: (report: Report) => boolean): Promise<Report> {
  let last: Report | undefined;
  await expect
    .poll(async () => {
      const answer = await fetch(`http://${originAddress}/report`);
      const reports = ((await answer.json()) as string[]).map((text) => JSON.parse(text) as Report);
      last =
        reports.findLast(satisfies) ?? (last && satisfies(last) ? last : (reports.at(-1) ?? last));
      return last !== undefined && satisfies(last) ? "satisfied" : last;
    })
    .toBe("satisfied");
  if (!last) throw new Error("nothing heard");
  return last;
}

export class Desk implements AsyncDisposable {
  readonly installation: Installation;
  readonly context: BrowserContext;
  readonly portal: Page;
  readonly viewer: Page;
  readonly #stack: AsyncDisposableStack;
  #opened = 0;

  private constructor(
    installation: Installation,
    context: BrowserContext,
    pages: { readonly portal: Page; readonly viewer: Page },
    stack: AsyncDisposableStack,
  ) {
    this.installation = installation;
    this.context = context;
    this.portal = pages.portal;
    this.viewer = pages.viewer;
    this.#stack = stack;
  }

  /** `density`: pixels of the terminal's screen for one of a page's. */
  static async start(policy: string, density = 1): Promise<Desk> {
    await using stack = new AsyncDisposableStack();
    const internet = stack.use(await startInternet());
    const installation = stack.use(await startInstallation({ caFile: internet.caFile, policy }));
    const browser = await startTerminal();
    stack.defer(() => browser.close());
    const context = await newProfile(browser, { width: 1280, height: 720 }, density);
    await context.addInitScript({ path: join(import.meta.dirname, "pages/play-ime.js") });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const portal = await firstSignIn(context, installation);
    const viewer = await openInternet(portal);
    return new Desk(installation, context, { portal, viewer }, stack.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  /** What a failed test leaves to be looked at. */
  async keep(name: string): Promise<void> {
    if (this.viewer.isClosed()) return;
    const file = name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
    await this.viewer.screenshot({ path: `test-results/desk-${file}.png` });
    await copyFile(join(this.installation.dataDir, "log", "hanare.log"), "test-results/desk.log");
  }

  /** The page's next report that satisfies; what came before it is passed over. */
  heard(satisfies: (report: Report) => boolean): Promise<Report> {
    return heardReport(satisfies);
  }

  /**
   * Carries out what opens a box of the browser's own, and waits until the picture shows it: of such a box there is no
   * event that the terminal could hear, and what is typed before it is there goes to the page.
   */
  async drawsBox(act: () => Promise<unknown>): Promise<void> {
    const before = await this.#pixels();
    await act();
    const changed = async () =>
      (await this.#pixels()).filter((level, at) => level !== before[at]).length;
    // More than a caret that blinks.
    await expect.poll(changed).toBeGreaterThan(60);
  }

  /** One of sixteen of the picture. */
  #pixels(): Promise<readonly number[]> {
    return this.viewer.evaluate(`(() => {
      const { width, height } = document.querySelector("[data-testid=picture] canvas");
      const context = document.querySelector("[data-testid=picture] canvas").getContext("2d");
      const { data } = context.getImageData(0, 0, width, height);
      const seen = [];
      for (let y = 0; y < height; y += 4)
        for (let x = 0; x < width; x += 4) seen.push(data[(y * width + x) * 4 + 1]);
      return seen;
    })()`);
  }

  get canvas() {
    return this.viewer.locator("[data-testid=picture] canvas");
  }

  async focusPicture(): Promise<void> {
    await this.canvas.click({ position: { x: 300, y: 60 } });
  }

  /** The keyboard back to the picture, without a click that the page would hear. */
  focusPictureByKeyboard(): Promise<void> {
    return this.viewer.getByTestId("ime-input").evaluate((node) => {
      (node as unknown as { focus: () => void }).focus();
    });
  }

  /** The person goes to another program of the terminal, copies there and comes back. */
  copyElsewhere(text: string): Promise<unknown> {
    return this.viewer.evaluate(
      `navigator.clipboard.writeText(${JSON.stringify(text)}).then(() => window.dispatchEvent(new Event("blur")))`,
    );
  }

  /** The same of a picture, alone or with words that have a form of their own. */
  copyPictureElsewhere(words?: { readonly html: string; readonly text: string }): Promise<unknown> {
    const kinds = words ? { "text/html": words.html, "text/plain": words.text } : {};
    return this.viewer.evaluate(`(async () => {
      const canvas = new OffscreenCanvas(8, 8);
      canvas.getContext("2d").fillRect(0, 0, 8, 8);
      const items = { "image/png": await canvas.convertToBlob() };
      for (const [type, text] of Object.entries(${JSON.stringify(kinds)}))
        items[type] = new Blob([text], { type });
      await navigator.clipboard.write([new ClipboardItem(items)]);
      window.dispatchEvent(new Event("blur"));
    })()`);
  }

  /** What the terminal's clipboard holds. */
  clipboard(): Promise<unknown> {
    return this.viewer.evaluate("navigator.clipboard.readText()");
  }

  /** The page anew, told by its address from the one that may have been there before. */
  async openPage(): Promise<void> {
    this.#opened += 1;
    const query = `?desk=${this.#opened}`;
    await go(this.viewer, deskUrl + query);
    await this.heard((report) => report.query === query);
    await this.focusPicture();
  }

  /** An empty field of this id, with the caret in it and nothing recorded. */
  async emptyField(id: string): Promise<void> {
    for (let n = 0; n < 3; n += 1) {
      await this.viewer.keyboard.press("F8");
      // What was reported after F9 has an older F8 before it.
      const { field } = await this.heard(
        ({ log }) => log[0]?.key === "F8" && log.every(({ key }) => key !== "F9"),
      );
      if (field === id) return;
      await this.viewer.keyboard.press("F9");
    }
    throw new Error(`no field ${id}`);
  }

  /** Events of an input method (pages/play-ime.js). */
  play(steps: readonly unknown[]): Promise<unknown> {
    return this.viewer.evaluate(`playIme(${JSON.stringify(steps)})`);
  }

  async auditRows(action: string): Promise<AuditRow[]> {
    const answer = await this.portal.request.get(
      `${this.installation.url}/api/admin/audit?action=${action}&limit=100`,
    );
    return ((await answer.json()) as { records: AuditRow[] }).records;
  }
}

/**
 * The picture as a person has it, in a real Chromium as the terminal: the container's own encoder by default,
 * exact at rest; noVNC by hand, without a video decoder, and after whatever a hostile container shows instead
 * of pictures. One session outlives it all.
 */
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionId } from "../../orchestrator/base/ids.ts";
import { screenFrame } from "../../images/wire/screen.ts";
import { readFramebuffer } from "../support/framebuffer.ts";
import { type Installation, startInstallation } from "../support/installation.ts";
import { png, update } from "../support/screen-bytes.ts";
import {
  firstSignIn,
  newProfile,
  openInternet,
  sessionIdOf,
  startTerminal,
} from "../support/terminal.ts";

let stack: AsyncDisposableStack;
let installation: Installation;
let browser: Browser;
let context: BrowserContext;
let viewer: Page;
let id: SessionId;
const dialogs: string[] = [];

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  installation = stack.use(
    await startInstallation({ config: { sessions: { closedTabGraceSeconds: 60 } } }),
  );
  browser = await startTerminal();
  stack.defer(() => browser.close());
  context = await newProfile(browser);
  await context.addInitScript({
    path: join(import.meta.dirname, "../support/pages/read-picture.js"),
  });
  viewer = await openInternet(await firstSignIn(context, installation));
  viewer.setDefaultTimeout(10_000);
  id = sessionIdOf(viewer) as SessionId;
});
afterAll(() => stack.disposeAsync());

/** What support/pages/read-picture.js offers in the viewer's page. */
declare const hanarePicture: {
  colours(): number;
  pixels(): { width: number; height: number; base64: string };
  cursor(): string;
};

async function takes(page: Page, way: "rfb" | "screen"): Promise<void> {
  await page.locator(`[data-testid=picture][data-way=${way}] canvas`).waitFor();
  await expect.poll(() => page.evaluate(() => hanarePicture.colours())).toBeGreaterThan(8);
}

/** Pixels of the viewer's canvas that the X display has otherwise; the size when it differs. */
async function faults(): Promise<number | string> {
  const link = installation.hanare.sessions.link(id);
  if (!link) return "no link";
  const display = await readFramebuffer(await link.openPicture(AbortSignal.timeout(5000)));
  const shown = await viewer.evaluate(() => hanarePicture.pixels());
  if (shown.width !== display.width || shown.height !== display.height)
    return `${shown.width}x${shown.height} instead of ${display.width}x${display.height}`;
  const pixels = Buffer.from(shown.base64, "base64");
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4)
    if (
      pixels[at] !== display.pixels[at + 2] ||
      pixels[at + 1] !== display.pixels[at + 1] ||
      pixels[at + 2] !== display.pixels[at]
    )
      count += 1;
  return count;
}

describe("the standard picture", () => {
  it("is what a terminal gets that can decode it, and it is exact", async () => {
    await takes(viewer, "screen");
    await expect.poll(faults).toBe(0);
  });

  it("is exact again after scrolling, and after the window has taken another size", async () => {
    await viewer.mouse.move(500, 400);
    for (let n = 0; n < 6; n += 1) await viewer.mouse.wheel(0, 100);
    await expect.poll(faults).toBe(0);
    await viewer.setViewportSize({ width: 1101, height: 803 });
    const width = async () => (await viewer.evaluate(() => hanarePicture.pixels())).width;
    await expect.poll(width).toBe(1095);
    await expect.poll(faults).toBe(0);
  });

  it("is exact on the largest display", async () => {
    await viewer.setViewportSize({ width: 2566, height: 1539 });
    const canvas = viewer.locator("[data-testid=picture] canvas");
    const size = () => canvas.getAttribute("width");
    await expect.poll(size).toBe("2560");
    await expect.poll(faults, { timeout: 20_000 }).toBe(0);
    await viewer.setViewportSize({ width: 1101, height: 803 });
    await expect.poll(size).toBe("1095");
  });

  it("has the pointer's shape from the page", async () => {
    await viewer.mouse.move(20, 400);
    await expect
      .poll(() => viewer.evaluate(() => hanarePicture.cursor()))
      .toMatch(/^url\("data:image\/png/);
  });

  it("gives way to noVNC by hand and comes back, in the same session", async () => {
    await viewer.getByTestId("picture-way").click();
    await takes(viewer, "rfb");
    await viewer.getByTestId("picture-way").click();
    await takes(viewer, "screen");
    expect(sessionIdOf(viewer)).toBe(id);
    expect(installation.hanare.sessions.list().map((each) => each.id)).toEqual([id]);
  });
});

const focused = (page: Page) => page.locator(":focus").getAttribute("data-testid");

/** From the page by the keyboard alone, as far as Tab leads in our own controls. */
async function tabTo(page: Page, testId: string): Promise<void> {
  await page.getByTestId("ime-input").focus();
  await page.keyboard.press("F6");
  for (let n = 0; n < 15 && (await focused(page)) !== testId; n += 1)
    await page.keyboard.press("Tab");
  expect(await focused(page)).toBe(testId);
}

describe("around the picture", () => {
  const full = () => viewer.evaluate("document.fullscreenElement !== null");

  it("hints for the first time go away by the keyboard, for good", async () => {
    // They go by themselves after a while; a new profile has them again.
    await using fresh = await newProfile(browser);
    await fresh.addCookies(await context.cookies());
    const page = await fresh.newPage();
    await page.goto(viewer.url());
    const hints = page.getByTestId("hints");
    await hints.waitFor();
    await tabTo(page, "hints-close");
    await page.keyboard.press("Enter");
    await expect.poll(() => hints.count()).toBe(0);
    await expect.poll(() => focused(page)).toBe("ime-input");
    await page.reload();
    await page.locator("[data-testid=picture] canvas").waitFor();
    expect(await hints.count()).toBe(0);
  });

  it.each<[string, () => Promise<void>]>([
    ["the button", () => viewer.getByTestId("full-screen").click()],
    [
      "the keyboard",
      async () => {
        await tabTo(viewer, "full-screen");
        await viewer.keyboard.press("Enter");
      },
    ],
  ])("full screen comes and goes by %s, and the picture is exact", async (_name, press) => {
    const label = () => viewer.getByTestId("full-screen").getAttribute("aria-label");
    for (const [on, says] of [
      [true, "全画面を終わる"],
      [false, "全画面"],
    ] as const) {
      await press();
      await expect.poll(full).toBe(on);
      await expect.poll(label).toBe(says);
      await expect.poll(faults).toBe(0);
      await expect.poll(() => focused(viewer)).toBe("ime-input");
    }
  });
});

interface Said {
  readonly updates: readonly Buffer[];
  /** The gateway's close code after them. */
  readonly close?: number;
}

/** Another window on the same session, to whose picture the container says this instead of its own. */
async function windowThatHears({ updates, close }: Said): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const messages = updates.map((bytes) =>
    Buffer.concat([Buffer.from([screenFrame.update]), bytes]).toString("base64"),
  );
  await page.addInitScript(`globalThis.hanareScreenSays = ${JSON.stringify({ messages, close })}`);
  await page.addInitScript({
    path: join(import.meta.dirname, "../support/pages/other-screen.js"),
  });
  await page.goto(viewer.url());
  return page;
}

describe("a picture that is none becomes noVNC's, by itself and in the same session:", () => {
  const parameters = [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda, 1, 2, 3];
  const video = [...parameters, 0, 0, 0, 1, 0x65, 9, 9, 9, 9];
  const all = [[0, 0, 100, 80]] as const;
  it.each<[string, Said]>([
    ["garbage", { updates: [Buffer.alloc(500, 0x5a)] }],
    ["updates out of order", { updates: [update(1, 100, 80, []), update(3, 100, 80, [])] }],
    [
      "a PNG without pixels",
      { updates: [update(1, 100, 80, [{ kind: 2, rects: all, data: png(100, 80) }])] },
    ],
    ["markup", { updates: [Buffer.from("<img src=x onerror=alert(1)><script>alert(2)</script>")] }],
    [
      "a video that the decoder refuses",
      { updates: [update(1, 100, 80, [{ kind: 4, key: 1, rects: all, data: video }])] },
    ],
    [
      "a video without a beginning",
      { updates: [update(1, 100, 80, [{ kind: 4, key: 0, rects: all, data: video }])] },
    ],
    ["what the gateway took for none", { updates: [], close: 4001 }],
  ])("%s", async (_name, said) => {
    const page = await windowThatHears(said);
    await takes(page, "rfb");
    expect(sessionIdOf(page)).toBe(id);
    expect(dialogs).toEqual([]);
    await page.close();
  });
});

it("a terminal without a video decoder has noVNC at once, and no button for what it cannot do", async () => {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.addInitScript("delete window.VideoDecoder");
  await page.goto(viewer.url());
  await takes(page, "rfb");
  expect(await page.getByTestId("picture-way").count()).toBe(0);
  await page.close();
});

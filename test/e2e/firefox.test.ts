/**
 * Firefox as the terminal: Debian's own, driven by WebDriver BiDi. Runs where HANARE_TEST_FIREFOX names its
 * program (`HANARE_TEST_FIREFOX=/usr/bin/firefox-esr`): it is 250 MB that no other test needs.
 */
import { type Browser, firefox } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commit, Desk, deskPolicy } from "../support/desk.ts";
import { go } from "../support/terminal.ts";

const executablePath = process.env["HANARE_TEST_FIREFOX"];

describe.skipIf(executablePath === undefined)("in Firefox", () => {
  let desk: Desk;
  beforeAll(async () => {
    const terminal = (): Promise<Browser> =>
      firefox.launch({ channel: "moz-firefox", ...(executablePath ? { executablePath } : {}) });
    const policy = deskPolicy("{ in: true, out: true }", "watermark: false, sound: true");
    desk = await Desk.start(policy, { terminal });
    desk.viewer.setDefaultTimeout(15_000);
  });
  afterAll(() => desk[Symbol.asyncDispose]());

  const picture = (way: "rfb" | "screen") =>
    desk.viewer.locator(`[data-testid=picture][data-way=${way}] canvas`).waitFor();

  it("the picture comes by the standard way, chosen by itself", () => picture("screen"));

  it("Japanese and plain keys arrive in the page, in their order", async () => {
    await desk.openPage();
    await desk.emptyField("area");
    await desk.play(commit("吉野家で𠮷"));
    await desk.viewer.keyboard.type("abc");
    await desk.heard(({ value }) => value === "吉野家で𠮷abc");
  });

  it("text goes in and comes out by the usual keys", async () => {
    const bar = desk.viewer.locator("input[data-testid=address]");
    await bar.click();
    await bar.fill("端末の言葉");
    await desk.viewer.keyboard.press("Control+A");
    await desk.viewer.keyboard.press("Control+C");
    await desk.viewer.keyboard.press("Escape");
    await desk.emptyField("area");
    await desk.viewer.keyboard.press("Control+V");
    await desk.heard(({ value }) => value === "端末の言葉");
    await desk.viewer.keyboard.type("x");
    await desk.viewer.keyboard.press("Control+A");
    await desk.viewer.keyboard.press("Control+C");
    await expect
      .poll(async () => {
        await bar.click();
        await bar.fill("");
        await desk.viewer.keyboard.press("Control+V");
        return bar.inputValue();
      })
      .toBe("端末の言葉x");
    await desk.viewer.keyboard.press("Escape");
  });

  it("a page's sound is played", async () => {
    await go(desk.viewer, "https://www.allowed.test/desk/sound.html?sound");
    await desk.heard(({ query }) => query === "?sound");
    await desk.focusPicture();
    await expect
      .poll(() => desk.viewer.getByTestId("sound").getAttribute("data-state"))
      .toBe("playing");
  });

  it("noVNC shows the same session, and keys arrive by it, too", async () => {
    await desk.viewer.getByTestId("picture-way").click();
    await picture("rfb");
    await desk.openPage();
    await desk.emptyField("input");
    await desk.viewer.keyboard.type("rfb");
    await desk.heard(({ value }) => value === "rfb");
  });
});

/**
 * Firefox as the terminal: a real one signs in, opens the internet, types, decodes sound and receives a file. It is
 * 300 MB that no other test needs, so it runs where HANARE_FIREFOX names its program (README.md here above).
 */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFramebuffer } from "../support/framebuffer.ts";
import { commit, deskPolicy, deskUrl, heardReport } from "../support/desk.ts";
import { Firefox, type FirefoxTab } from "../support/firefox.ts";
import { type Installation, startInstallation } from "../support/installation.ts";
import { startInternet } from "../support/internet.ts";
import { makeSamples } from "../../practice/samples/samples.ts";
import type { SessionId } from "../../orchestrator/base/ids.ts";
import { password } from "../support/terminal.ts";

const program = process.env["HANARE_FIREFOX"];
const pages = join(import.meta.dirname, "../support/pages");
const canvas = "[data-testid=picture] canvas";
const testId = (id: string) => `[data-testid=${id}]`;

describe.skipIf(program === undefined)("in Firefox", () => {
  let stack: AsyncDisposableStack;
  let installation: Installation;
  let firefox: Firefox;
  let viewer: FirefoxTab;
  beforeAll(async () => {
    stack = new AsyncDisposableStack();
    const internet = stack.use(await startInternet());
    const policy = deskPolicy("{ in: true, out: true }", "watermark: false, sound: true");
    installation = stack.use(await startInstallation({ caFile: internet.caFile, policy }));
    const scripts = ["play-ime.js", "read-picture.js", "hear-sound.js"].map((n) => join(pages, n));
    firefox = stack.use(await Firefox.start(program ?? "", scripts));
  });
  afterAll(() => stack.disposeAsync());

  const go = async (address: string): Promise<void> => {
    await viewer.fill(`input${testId("address")}`, address);
    await viewer.press("Enter");
  };

  it("a person signs in, and the internet opens with the standard picture", async () => {
    const portal = await firefox.tab("about:");
    await portal.go(installation.url);
    const { name, oneTimePassword } = installation.administrator;
    await portal.fill(testId("sign-in-name"), name);
    await portal.fill(testId("sign-in-password"), oneTimePassword);
    await portal.click(testId("sign-in-submit"));
    await portal.fill(testId("current-password"), oneTimePassword);
    await portal.fill(testId("new-password"), password);
    await portal.fill(testId("new-password-repeat"), password);
    await portal.click(testId("new-password-submit"));
    await portal.click(testId("open-internet"));
    viewer = await firefox.tab("/view/s");
    await viewer.find(`html[data-first-picture] ${canvas}`);
    expect(await viewer.attribute("picture", "data-way")).toBe("screen");
  });

  it("keys and Japanese arrive in the page, in their order", async () => {
    await go(deskUrl);
    await heardReport(({ log }) => log.some(({ type }) => type === "ready"));
    await viewer.click(canvas, { x: 300, y: 160 });
    await viewer.type("abc");
    await viewer.evaluate(`playIme(${JSON.stringify(commit("吉野家で𠮷"))})`);
    await viewer.type("xyz");
    await heardReport(({ field, value }) => field === "area" && value === "abc吉野家で𠮷xyz");
  });

  it("the picture is the display's, pixel for pixel, also after scrolling", async () => {
    const id = /\/view\/(s[a-z2-9]{20})/.exec(await viewer.evaluate("location.pathname"))?.[1];
    const link = installation.hanare.sessions.link(id as SessionId);
    const faults = async () => {
      if (!link) return "no link";
      const display = await readFramebuffer(await link.openPicture(AbortSignal.timeout(5000)));
      const shown = await viewer.evaluate<{ width: number; height: number; base64: string }>(
        "hanarePicture.pixels()",
      );
      const pixels = Buffer.from(shown.base64, "base64");
      if (pixels.length !== display.pixels.length) return `${shown.width}x${shown.height}`;
      let count = 0;
      for (let at = 0; at < pixels.length; at += 1)
        if (at % 4 !== 3 && pixels[at] !== display.pixels[(at & ~3) + 2 - (at % 4)]) count += 1;
      return count;
    };
    await expect.poll(faults, { timeout: 20_000 }).toBe(0);
    await go("http://www.allowed.test/display");
    await viewer.wheel({ x: 640, y: 500 }, 300);
    await expect.poll(faults, { timeout: 20_000 }).toBe(0);
  });

  // It plays nothing where the machine has no sound card; what it would play is what it has decoded.
  it("a page's tone arrives as it is", async () => {
    await go("https://www.allowed.test/desk/sound.html?sound");
    await heardReport(({ query }) => query === "?sound");
    await viewer.click(canvas, { x: 300, y: 60 });
    const inTune = () =>
      viewer.evaluate<number>(
        "hanareSound.decoded().filter(({ loudest, hertz }) => loudest > 0.4 && Math.abs(hertz - 1000) < 50).length",
      );
    await expect.poll(inTune).toBeGreaterThan(20);
    expect(await viewer.attribute("sound", "data-state")).toBe("playing");
  });

  it("a file comes through the checks into the terminal's own Downloads", async () => {
    const [sample] = (await makeSamples()).filter(
      ({ expectVerdict }) => expectVerdict === "sanitized",
    );
    const name = sample?.name ?? "";
    await go(`http://kunren.hanare.internal/files/${encodeURIComponent(name)}`);
    await viewer.find(`${testId("download-item")}[data-stage=done]`);
    const receive = testId("download-receive");
    if (await viewer.evaluate<boolean>(`document.querySelector("${receive}") !== null`))
      await viewer.click(receive);
    await expect.poll(() => readdir(firefox.downloads), { timeout: 30_000 }).toEqual([name]);
    const received = await readFile(join(firefox.downloads, name));
    expect(received.length).toBeGreaterThan(100);
  });
});

/**
 * A terminal whose screen has more pixels than CSS counts: the isolated browser draws at that density, so that
 * text is as sharp as the terminal's own, and everything a person points at is where it is seen.
 */
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SessionId } from "../../orchestrator/base/ids.ts";
import { Desk, deskPolicy, deskUrl } from "../support/desk.ts";
import { readFramebuffer } from "../support/framebuffer.ts";
import { go, sessionIdOf } from "../support/terminal.ts";

const boxesUrl = "https://www.allowed.test/desk/boxes.html";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.start(deskPolicy("{ in: true, out: true, max_chars: 20000 }"), 2);
  // It lies over the picture.
  await desk.viewer.getByTestId("hints").getByRole("button").click();
});
afterAll(() => desk[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await desk.keep(task.name);
});

/** The window comes to a screen of another density, and is a little higher there: the driver tells no page of the first alone. */
async function moveTo(density: number): Promise<void> {
  const hand = await desk.context.newCDPSession(desk.viewer);
  const size = { width: 1280, height: 720 + 10 * density, mobile: false };
  await hand.send("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: density });
}

/** Red, green and blue of the terminal's canvas at this CSS place of the picture. */
const colourAt = (x: number, y: number) =>
  desk.viewer.evaluate(`(() => {
    const canvas = document.querySelector("[data-testid=picture] canvas");
    const pixels = canvas.width / canvas.getBoundingClientRect().width;
    const [x, y] = [${x} * pixels, ${y} * pixels].map(Math.round);
    return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].join();
  })()`);

/** Greatest difference of a channel between the terminal's screen and the X display, in a part with text. */
async function worstOnScreen(density: number): Promise<number> {
  const link = desk.installation.hanare.sessions.link(sessionIdOf(desk.viewer) as SessionId);
  const box = await desk.canvas.boundingBox();
  if (!link || !box) return Number.NaN;
  const part = { x: 190, y: 450, width: 300, height: 50 };
  const clip = { ...part, x: box.x + part.x, y: box.y + part.y };
  const shot = await desk.viewer.screenshot({ clip, scale: "device" });
  const screen = await sharp(shot).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const display = await readFramebuffer(await link.openPicture(AbortSignal.timeout(5000)));
  let worst = 0;
  for (let at = 0; at < screen.info.width * screen.info.height; at += 1) {
    const x = part.x * density + (at % screen.info.width);
    const y = part.y * density + Math.floor(at / screen.info.width);
    for (let channel = 0; channel < 3; channel += 1) {
      const there = display.pixels[(y * display.width + x) * 4 + 2 - channel] ?? 0;
      worst = Math.max(worst, Math.abs(there - (screen.data[at * 3 + channel] ?? 0)));
    }
  }
  return worst;
}

it("opens at the screen's density: as many pixels, and pages that know it", async () => {
  await go(desk.viewer, `${boxesUrl}?opened`);
  const { ratio, width } = await desk.heard(({ query }) => query === "?opened");
  expect({ ratio, width }).toEqual({ ratio: 2, width: 1274 });
  await expect.poll(() => desk.canvas.getAttribute("width")).toBe("2548");
});

it("shows text on the screen's own pixels, unscaled", async () => {
  await desk.openPage();
  await expect.poll(() => worstOnScreen(2)).toBe(0);
});

it("has the caret's and the menu's place right", async () => {
  await desk.emptyField("rich");
  const data = "候補の窓はここに開く";
  await desk.play([{ do: "start" }, { do: "update", data, from: data.length, to: data.length }]);
  const { caret } = await desk.heard(({ value, caret: at }) => value === data && at !== null);
  const placeOf = async (name: string) => {
    const [box, picture] = await Promise.all([
      desk.viewer.getByTestId(name).boundingBox(),
      desk.canvas.boundingBox(),
    ]);
    return [(box?.x ?? 0) - (picture?.x ?? 0), (box?.y ?? 0) - (picture?.y ?? 0)] as const;
  };
  await expect
    .poll(async () => Math.abs((await placeOf("ime-input"))[0] - (caret?.x ?? 0)))
    .toBeLessThan(4);
  await desk.play([{ do: "end", data }]);
  await desk.canvas.click({ position: { x: 910, y: 312 }, button: "right" });
  await desk.viewer.getByTestId("menu-copy-link").waitFor();
  const [x, y] = await placeOf("context-menu");
  expect([Math.abs(x - 910), Math.abs(y - 312)].map((off) => off < 4)).toEqual([true, true]);
  await desk.viewer.getByTestId("menu-copy-link").click();
  await expect.poll(() => desk.clipboard()).toBe(`${deskUrl}?title=behind`);
});

describe.each([1.5, 1])("where a CSS pixel is %d of the screen's", (density) => {
  const query = `?at-${density}`;

  it(`the page takes ${density} while it is open`, async () => {
    const before = `?before-${density}`;
    await go(desk.viewer, boxesUrl + before);
    await desk.heard((report) => report.query === before);
    await moveTo(density);
    // As it was asked for: no page was loaded for it.
    await desk.heard(({ ratio }) => ratio === density);
    await go(desk.viewer, boxesUrl + query);
    await desk.heard((report) => report.query === query && report.ratio === density);
  });

  it(`the browser's own boxes open where they belong at ${density}, and are worked with the pointer`, async () => {
    const click = (x: number, y: number) => desk.canvas.click({ position: { x, y } });
    /** Clicks, and waits until what opens by it is to be seen at the other place. */
    const open = async (at: [number, number], there: [number, number]) => {
      const before = await colourAt(...there);
      await click(...at);
      await expect.poll(() => colourAt(...there)).not.toBe(before);
    };
    /** A click that comes while it closes would only close it. */
    const shut = (there: [number, number]) =>
      expect.poll(() => colourAt(...there)).toBe("255,255,255,255");
    const boxes = async (satisfies: (answers: Readonly<Record<string, string>>) => boolean) =>
      desk.heard((report) => report.query === query && satisfies(report.boxes ?? {}));
    await open([150, 40], [280, 72]);
    await click(115, 106);
    await boxes(({ select }) => select === "二");
    await open([308, 110], [211, 270]);
    await click(208, 300);
    await boxes(({ date }) => date === "2026-04-22");
    await shut([211, 215]);
    await open([150, 180], [200, 215]);
    await click(200, 260);
    await boxes(({ color }) => color !== undefined && color !== "#336699");
    await desk.viewer.keyboard.press("Enter");
    await shut([200, 215]);
    await open([150, 320], [1000, 500]);
    await desk.viewer.keyboard.press("Enter");
    await boxes(({ alert }) => alert === "undefined");
    await shut([1000, 500]);
    await open([150, 390], [1000, 500]);
    await desk.viewer.keyboard.press("Escape");
    await boxes(({ confirm }) => confirm === "false");
  });
});

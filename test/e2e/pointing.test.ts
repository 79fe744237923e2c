/**
 * What a person points at, as a page of the isolated browser hears it; tabs, the browser's own boxes, printing,
 * and the frame around the picture.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dialog } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { commit, Desk, deskPolicy, deskUrl } from "../support/desk.ts";
import { go } from "../support/terminal.ts";

let desk: Desk;
beforeAll(async () => {
  // Of two sites: a frame of the other one is a process of its own.
  const policy = deskPolicy("{ in: true, out: true, max_chars: 20000 }");
  desk = await Desk.start(
    policy.replace('"www.allowed.test"', '"www.allowed.test", "www.direct.test"'),
  );
});
afterAll(() => desk[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await desk.keep(task.name);
});

describe("pointing", () => {
  it("clicks twice, with the right and the middle button, drags a selection and turns the wheel", async () => {
    await desk.openPage();
    await desk.emptyField("input");
    await desk.canvas.dblclick({ position: { x: 1000, y: 100 }, delay: 40 });
    await desk.canvas.click({ position: { x: 1000, y: 120 }, button: "middle" });
    const first = await desk.heard(({ log }) => log.some(({ type }) => type === "auxclick"));
    expect(first.log.map(({ type }) => type)).toContain("dblclick");
    const box = await desk.canvas.boundingBox();
    const at = (x: number, y: number): [number, number] => [(box?.x ?? 0) + x, (box?.y ?? 0) + y];
    await desk.viewer.mouse.move(...at(201, 475));
    await desk.viewer.mouse.down();
    await desk.viewer.mouse.move(...at(300, 475), { steps: 4 });
    await desk.viewer.mouse.move(...at(440, 475), { steps: 4 });
    await desk.viewer.mouse.up();
    await desk.heard(({ selected }) => selected?.startsWith("寿司と𠮷野家") === true);
    await desk.viewer.mouse.wheel(0, 240);
    await desk.heard(({ wheel }) => (wheel ?? 0) > 0);
    await desk.canvas.click({ position: { x: 1000, y: 130 }, button: "right" });
    await desk.heard(({ log }) => log.some(({ type }) => type === "contextmenu"));
    await desk.viewer.keyboard.press("Escape");
  });
});

it("a finger taps, scrolls, and rests for the right button", async () => {
  await desk.openPage();
  await desk.emptyField("input");
  const box = await desk.canvas.boundingBox();
  const hand = await desk.context.newCDPSession(desk.viewer);
  const touch = (type: "touchEnd" | "touchMove" | "touchStart", x = 0, y = 0) =>
    hand.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{ x: (box?.x ?? 0) + x, y: (box?.y ?? 0) + y }],
    });
  await touch("touchStart", 1000, 100);
  await touch("touchEnd");
  const { log } = await desk.heard(({ log: all }) => all.some(({ type }) => type === "click"));
  expect(log.find(({ type }) => type === "click")).toMatchObject({ button: 0 });
  await touch("touchStart", 1000, 400);
  for (const y of [350, 300, 250, 200]) await touch("touchMove", 1000, y);
  await touch("touchEnd");
  await desk.heard(({ wheel }) => (wheel ?? 0) > 0);
  await touch("touchStart", 1000, 130);
  await desk.heard(({ log: all }) => all.some(({ type }) => type === "contextmenu"));
  await touch("touchEnd");
  await desk.viewer.getByTestId("context-menu").waitFor();
  await desk.viewer.keyboard.press("Escape");
  await hand.detach();
});

describe("the right button's menu", () => {
  const menu = () => desk.viewer.getByTestId("context-menu");
  const entries = async () =>
    (await menu().getByRole("menuitem").allInnerTexts()).map((text) => text.trim());
  const choose = (name: string) => desk.viewer.getByTestId(`menu-${name}`).click();
  const rightClick = (x: number, y: number) =>
    desk.canvas.click({ position: { x, y }, button: "right" });
  /** In the first field, on its text. */
  const inInput: [number, number] = [250, 60];

  it("opens a link behind the page, and copies its address to the terminal", async () => {
    await rightClick(910, 312);
    await expect.poll(entries).toEqual(["リンクを新しいタブで開く", "リンクのアドレスをコピー"]);
    await choose("copy-link");
    await expect.poll(() => desk.clipboard()).toBe(`${deskUrl}?title=behind`);
    await rightClick(910, 312);
    await choose("open-link");
    const tabs = () => desk.viewer.getByTestId("tab");
    await expect.poll(async () => (await tabs().allInnerTexts()).join()).toBe("desk,behind");
    expect(await tabs().first().getAttribute("aria-current")).toBe("true");
    await desk.viewer.getByTestId("close-tab").nth(1).click();
  });

  it("selects, cuts, copies and pastes in a field", async () => {
    await desk.canvas.click({ position: { x: 250, y: 60 } });
    await desk.emptyField("input");
    await desk.play(commit("寿司と𠮷野家"));
    await desk.heard(({ value }) => value === "寿司と𠮷野家");
    await rightClick(...inInput);
    await expect.poll(entries).toEqual(["切り取り", "コピー", "貼り付け", "すべて選択"]);
    expect(await desk.viewer.getByTestId("menu-cut").isDisabled()).toBe(true);
    await choose("select-all");
    await desk.heard(({ log }) => log.some(({ type, key }) => type === "keyup" && key === "a"));
    await rightClick(...inInput);
    await choose("cut");
    await desk.heard(({ value }) => value === "");
    await expect.poll(() => desk.clipboard()).toBe("寿司と𠮷野家");
    await desk.copyElsewhere("端末から");
    await rightClick(...inInput);
    await choose("paste");
    await desk.heard(({ value }) => value === "端末から");
  });

  it("is worked by keyboard, and Escape gives the keyboard back to the page", async () => {
    await desk.emptyField("input");
    await rightClick(1000, 130);
    await expect.poll(entries).toContain("再読み込み");
    const focused = () => desk.viewer.locator(":focus").getAttribute("data-testid");
    expect(await focused()).toBe("menu-back");
    await desk.viewer.keyboard.press("End");
    expect(await focused()).toBe("menu-print");
    await desk.viewer.keyboard.press("Escape");
    await expect.poll(focused).toBe("ime-input");
    expect(await menu().count()).toBe(0);
  });

  it("is there in a frame of another site, too", async () => {
    await go(desk.viewer, "https://www.allowed.test/desk/frame.html");
    await desk.heard(({ query }) => query === "?framed");
    await rightClick(910, 312);
    await expect.poll(entries).toEqual(["リンクを新しいタブで開く", "リンクのアドレスをコピー"]);
    await choose("copy-link");
    await expect
      .poll(() => desk.clipboard())
      .toBe("https://www.direct.test/desk/typing.html?title=behind");
  });

  it("leaves the place to a page that has a menu of its own", async () => {
    await go(desk.viewer, `${deskUrl}?menu`);
    await desk.heard(({ query }) => query === "?menu");
    await rightClick(1000, 130);
    await desk.heard(({ log }) => log.some(({ type }) => type === "contextmenu"));
    expect(await menu().count()).toBe(0);
  });
});

describe("tabs", () => {
  const titles = async () => (await desk.viewer.getByTestId("tab").allInnerTexts()).join(" | ");
  const active = () => desk.viewer.locator("[data-testid=tab][aria-current=true]").innerText();
  const click = (y: number, button: "left" | "middle" = "left") =>
    desk.viewer
      .locator("[data-testid=picture] canvas")
      .click({ position: { x: 910, y }, button, timeout: 5000 });

  it("open behind with the middle button, in front by target and by a script", async () => {
    await desk.openPage();
    await click(312, "middle");
    await expect.poll(titles).toBe("desk | behind");
    expect(await active()).toBe("desk");
    await click(352);
    await expect.poll(active).toBe("front");
    expect(await titles()).toBe("desk | front | behind");
    await desk.viewer.getByTestId("tab").first().click();
    await expect.poll(active).toBe("desk");
    await click(392);
    await expect.poll(active).toBe("pop");
  });

  it("move by keyboard and by the mouse", async () => {
    const before = (await titles()).split(" | ");
    await desk.focusPicture();
    const at = before.indexOf("pop");
    await desk.viewer.keyboard.press("Control+Shift+PageDown");
    await expect.poll(async () => (await titles()).split(" | ").indexOf("pop")).toBe(at + 1);
    await desk.viewer.getByTestId("tab").last().dragTo(desk.viewer.getByTestId("tab").first());
    await expect.poll(async () => (await titles()).split(" | ")[0]).toBe(before.at(-1));
  });

  it("come back with their page after they were closed", async () => {
    const count = await desk.viewer.getByTestId("tab").count();
    await desk.viewer
      .getByTestId("close-tab")
      .nth((await titles()).split(" | ").indexOf("behind"))
      .click();
    await expect.poll(titles).not.toContain("behind");
    await desk.focusPicture();
    await desk.viewer.keyboard.press("Control+Shift+T");
    await expect.poll(titles).toContain("behind");
    expect(await desk.viewer.getByTestId("tab").count()).toBe(count);
  });

  it("show their history, and go there", async () => {
    for (const title of ["one", "two", "three"]) {
      await go(desk.viewer, `${deskUrl}?title=${title}`);
      await expect.poll(active).toBe(title);
    }
    await desk.viewer.getByTestId("back").click({ button: "right" });
    const menu = desk.viewer.getByTestId("history-menu");
    await expect.poll(() => menu.innerText()).toMatch(/three[\s\S]*two[\s\S]*one[\s\S]*behind/);
    await menu.getByRole("menuitem", { name: "one" }).click();
    await expect.poll(active).toBe("one");
  });

  it("take a hostile title as words", async () => {
    const title = "<img src=x onerror=document.title='hit'>\u202etxet";
    await go(desk.viewer, `${deskUrl}?title=${encodeURIComponent(title)}`);
    await expect.poll(active).toBe("<img src=x onerror=document.title='hit'>txet");
    expect(await desk.viewer.title()).not.toContain("hit");
  });

  /** The middle of the active tab's icon; null where it has none. */
  const icon = () =>
    desk.viewer.evaluate<number[] | null>(
      `(() => {
        const canvas = document.querySelector("[data-testid=tab][aria-current=true] canvas");
        return canvas && [...canvas.getContext("2d").getImageData(8, 8, 1, 1).data];
      })()`,
    );
  const withIcon = (...addresses: string[]) => {
    const query = addresses.map((address) => `icon=${encodeURIComponent(address)}`).join("&");
    return go(desk.viewer, `https://www.allowed.test/desk/names.html?${query}`);
  };

  it("show a site's icon as it is, the one that it changes to, and none where there is none", async () => {
    const halfRed =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    const blue = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="blue" d="M0 0h9v9H0"/></svg>`;
    await withIcon(
      `data:image/png;base64,${halfRed}`,
      `data:image/svg+xml,${encodeURIComponent(blue)}`,
    );
    await expect.poll(icon).toEqual([255, 0, 0, 127]);
    await desk.focusPicture();
    await desk.viewer.keyboard.press("n");
    await expect.poll(icon).toEqual([0, 0, 255, 255]);
    await go(desk.viewer, `${deskUrl}?title=without`);
    await expect.poll(active).toBe("without");
    await expect.poll(icon).toBeNull();
  });

  it.each([
    ["/icon.png", null],
    ["/desk/icon.svg", [255, 0, 0, 255]],
    ["data:text/html,<script>alert(1)</script>", null],
  ])(
    "take a title without an end and the icon %s as no more than words and pixels",
    async (address, pixels) => {
      const dialogs: string[] = [];
      const note = (dialog: Dialog) => {
        dialogs.push(dialog.message());
        void dialog.dismiss();
      };
      desk.viewer.on("dialog", note);
      const tab = desk.viewer.locator("[data-testid=tab][aria-current=true]");
      const title = async () => (await tab.getAttribute("title")) ?? "";
      await withIcon(address);
      await expect.poll(title).toMatch(/^<script>alert\(1\)<\/script>[終題]/);
      expect((await title()).length).toBeLessThanOrEqual(512);
      // The page goes on changing it; the person's own page is as quick as before.
      const frames = () =>
        desk.viewer.evaluate<number>(
          `new Promise((done) => {
          let seen = 0;
          const look = () => { seen += 1; requestAnimationFrame(look); };
          look();
          setTimeout(() => done(seen), 1000);
        })`,
        );
      await expect.poll(frames).toBeGreaterThan(10);
      const foreign = "img, iframe, object, embed, image, script:not([nonce]):not([src])";
      expect(await desk.viewer.locator(foreign).count()).toBe(0);
      await expect.poll(icon).toEqual(pixels);
      expect(dialogs).toEqual([]);
      desk.viewer.off("dialog", note);
      await go(desk.viewer, `${deskUrl}?title=after`);
      await expect.poll(active).toBe("after");
    },
  );

  it("take an address that is typed before they are there, and the tab before keeps its page", async () => {
    await go(desk.viewer, `${deskUrl}?title=stays`);
    await expect.poll(active).toBe("stays");
    await desk.viewer.getByTestId("new-tab").click();
    await go(desk.viewer, `${deskUrl}?title=fresh`);
    await expect.poll(active).toBe("fresh");
    expect(await titles()).toContain("stays");
  });

  it("say plainly whose page it is and what its certificate says", async () => {
    expect(await desk.viewer.getByTestId("address-host").innerText()).toBe("www.allowed.test");
    await expect
      .poll(() => desk.viewer.getByTestId("connection").getAttribute("data-state"))
      .toBe("secure");
    await desk.viewer.getByTestId("connection").click();
    expect(await desk.viewer.getByTestId("connection-facts").innerText()).toMatch(/発行者/);
    await go(desk.viewer, "kunren.hanare.internal");
    await expect
      .poll(() => desk.viewer.getByTestId("connection").getAttribute("data-state"))
      .toBe("plain");
  });
});

describe("the browser's own boxes and a person's room", () => {
  it("show a PDF as pages", async () => {
    await go(desk.viewer, "https://www.allowed.test/desk/page.pdf");
    /** Beside the paper, and on it. */
    const levels = () =>
      desk.viewer.evaluate(`(() => {
        const canvas = document.querySelector("[data-testid=picture] canvas").getContext("2d");
        return [12, 640].map((x) => canvas.getImageData(x, 400, 1, 1).data[0] > 120);
      })()`);
    await expect.poll(levels).toEqual([false, true]);
  });

  it("ask for a name and a password over https", async () => {
    await desk.drawsBox(() => go(desk.viewer, "https://www.allowed.test/desk/locked"));
    // What changed first may be the page behind the box.
    await desk.viewer.waitForTimeout(1000);
    await desk.focusPictureByKeyboard();
    await desk.viewer.keyboard.type("hanako");
    await desk.viewer.keyboard.press("Tab");
    await desk.viewer.keyboard.type("secret");
    await desk.viewer.keyboard.press("Enter");
    await expect
      .poll(async () => (await desk.viewer.getByTestId("tab").allInnerTexts()).join())
      .toContain("hanako:secret");
  });

  it("give no page camera, microphone, place, notifications or devices", async () => {
    await go(desk.viewer, "https://www.allowed.test/desk/ask.html");
    const { answers } = await desk.heard((report) => report.answers !== undefined);
    expect(Object.keys(answers ?? {})).toHaveLength(10);
    for (const [what, answer] of Object.entries(answers ?? {}))
      expect(answer, what).not.toMatch(/^(given|granted|prompt|\[object|[1-9])/);
  });
});

it("a link to a mail program and a download that begins change nothing in the page's picture", async () => {
  await desk.openPage();
  const watch = join(import.meta.dirname, "../support/pages/watch-display.js");
  await desk.viewer.evaluate(await readFile(watch, "utf8"));
  const items = desk.viewer.getByTestId("download-item");
  const before = await items.count();
  // Where a second window or words of the browser's own would stand, beside the field that loses the focus.
  const part = { x: 820, y: 50, w: 100, h: 40, scale: 1 };
  const seen = desk.viewer.evaluate((where) => hanareBench.count(where, 3000), part);
  await desk.canvas.click({ position: { x: 910, y: 552 } });
  await desk.canvas.click({ position: { x: 910, y: 512 } });
  await expect.poll(() => items.count()).toBe(before + 1);
  expect(await seen).toBe(0);
  await desk.viewer.getByTestId("downloads-button").click();
});

describe("printing", () => {
  it("brings the page as a cleaned PDF to the terminal's print dialog", async () => {
    await desk.openPage();
    await desk.viewer.keyboard.press("Control+P");
    const frame = desk.viewer.getByTestId("print-frame");
    await frame.waitFor({ state: "attached", timeout: 30_000 });
    expect(Number(await frame.getAttribute("data-bytes"))).toBeGreaterThan(1000);
    await expect.poll(() => desk.viewer.evaluate("globalThis.hasPrinted === true")).toBe(true);
    expect(
      await desk.viewer.locator("[data-testid=download-item]").first().getAttribute("data-verdict"),
    ).toBe("sanitized");
    // The list shows the print's way through the checks; what comes next needs its place.
    await desk.viewer.getByTestId("downloads-button").click();
    const [row] = await desk.auditRows("print");
    expect(row).toMatchObject({ outcome: "success", details: { rule: "K100" } });
  });

  it("by the page's own script does the same, once, however often it asks", async () => {
    const prints = async () => (await desk.auditRows("print")).length;
    const frame = desk.viewer.getByTestId("print-frame");
    const [before, first] = [await prints(), await frame.getAttribute("src")];
    await go(desk.viewer, `${deskUrl}?print=50`);
    const { printer } = await desk.heard(({ query }) => query === "?print=50");
    expect(printer).toBe("function () { [native code] }");
    await expect
      .poll(async () => (await frame.last().getAttribute("src")) !== first, { timeout: 30_000 })
      .toBe(true);
    expect(await prints()).toBe(before + 1);
  });
});

/** What support/pages/watch-display.js offers in the viewer's page. */
declare const hanareBench: {
  count(part: Record<"x" | "y" | "w" | "h" | "scale", number>, ms: number): Promise<number>;
};

describe("the frame around it", () => {
  it("says where one is, who looks and when, and hides from others, as the policy says", async () => {
    expect(await desk.viewer.getByTestId("room-label").innerText()).toContain(
      "インターネット（分離）",
    );
    expect(await desk.viewer.getByTestId("watermark").count()).toBe(0);
    await desk.installation.writePolicy(
      deskPolicy(
        "{ in: true }",
        'watermark_text: "持出禁止 {user} {terminal} {time}", hide_on_blur: true',
      ),
    );
    const words = () => desk.viewer.getByTestId("watermark").getAttribute("data-words");
    await expect.poll(words).toMatch(/^持出禁止 admin \S+ \d{4}\/\d/);
    expect(await desk.viewer.getByTestId("privacy-cover").count()).toBe(0);
    // The driver of this browser lets every page believe that it has the focus.
    const attention = (there: boolean) =>
      desk.viewer.evaluate(
        `document.hasFocus = () => ${String(there)}; window.dispatchEvent(new Event("${there ? "focus" : "blur"}"))`,
      );
    await attention(false);
    await expect
      .poll(() => desk.viewer.getByTestId("privacy-cover").innerText())
      .toContain("隠して");
    await attention(true);
    await expect.poll(() => desk.viewer.getByTestId("privacy-cover").count()).toBe(0);
  });
});

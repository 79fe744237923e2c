/**
 * What a person types, points at and copies, as a page of the isolated browser hears it: traces of input
 * methods are played into the viewer's own field in a real Chromium, and the page reports its events.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { imeTraces } from "../support/ime-traces.ts";
import { type Installation, startInstallation, testPolicy } from "../support/installation.ts";
import { originAddress, startInternet } from "../support/internet.ts";
import { firstSignIn, go, newProfile, openInternet, startTerminal } from "../support/terminal.ts";

interface Heard {
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
interface Report {
  readonly query: string;
  readonly field: string;
  readonly value: string;
  readonly caret: { readonly x: number; readonly y: number } | null;
  readonly log: readonly Heard[];
  readonly answer?: string | null;
  readonly selected?: string;
  readonly wheel?: number;
  readonly answers?: Readonly<Record<string, string>>;
}

const desk = "https://www.allowed.test/desk/typing.html";
const rights = (clipboard: string, more = "print: true, watermark: false") => `${testPolicy()}
rights:
  - { id: K100, name: 全員, session: true, download: true, clipboard: ${clipboard}, ${more} }
`;

let stack: AsyncDisposableStack;
let installation: Installation;
let context: BrowserContext;
let portal: Page;
let viewer: Page;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const internet = stack.use(await startInternet());
  installation = stack.use(
    await startInstallation({
      caFile: internet.caFile,
      policy: rights("{ in: true, out: true, max_chars: 20000 }"),
    }),
  );
  const browser = await startTerminal();
  stack.defer(() => browser.close());
  context = await newProfile(browser);
  await context.addInitScript({ path: join(import.meta.dirname, "../support/pages/play-ime.js") });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  portal = await firstSignIn(context, installation);
  viewer = await openInternet(portal);
});
afterAll(() => stack.disposeAsync());

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail" || viewer.isClosed()) return;
  await viewer.screenshot({
    path: `test-results/typing-${task.name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.png`,
  });
  await copyFile(join(installation.dataDir, "log", "hanare.log"), "test-results/typing.log");
});

/** The page's next report that satisfies; what came before it is passed over. */
async function heard(satisfies: (report: Report) => boolean): Promise<Report> {
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

async function focusPicture(): Promise<void> {
  await viewer.locator("[data-testid=picture] canvas").click({ position: { x: 300, y: 60 } });
}

/** The keyboard back to the picture, without a click that the page would hear. */
const focusPictureByKeyboard = () =>
  viewer.getByTestId("ime-input").evaluate((node) => {
    (node as unknown as { focus: () => void }).focus();
  });

/** The person goes to another program of the terminal, copies there and comes back. */
const copyElsewhere = (text: string) =>
  viewer.evaluate(
    `navigator.clipboard.writeText(${JSON.stringify(text)}).then(() => window.dispatchEvent(new Event("blur")))`,
  );

let desks = 0;

/** The page anew, told by its address from the one that may have been there before. */
async function openDesk(): Promise<void> {
  desks += 1;
  const query = `?desk=${desks}`;
  await go(viewer, desk + query);
  await heard((report) => report.query === query);
  await focusPicture();
}

/** An empty field of this id, with the caret in it and nothing recorded. */
async function emptyField(id: string): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    await viewer.keyboard.press("F8");
    const { field } = await heard(({ log }) => log[0]?.key === "F8");
    if (field === id) return;
    await viewer.keyboard.press("F9");
  }
  throw new Error(`no field ${id}`);
}

const play = (steps: readonly unknown[]) => viewer.evaluate(`playIme(${JSON.stringify(steps)})`);
const commit = (text: string) => [
  { do: "start" },
  { do: "update", data: text, from: text.length, to: text.length },
  { do: "end", data: text },
];

describe("an input method's events, played in the terminal", () => {
  it("have a page that listens", openDesk);

  for (const field of ["input", "area", "rich"]) {
    for (const [name, { steps, value, commits, keys: expected = [] }] of Object.entries(
      imeTraces,
    )) {
      it(`${name}: the page's ${field} has the text, and one commit for each`, async () => {
        await emptyField(field);
        await play(steps);
        // A key after the text: it must not arrive before it.
        await viewer.keyboard.press("End");
        const { log, value: got } = await heard(({ log: all }) =>
          all.some(({ type, key }) => type === "keyup" && key === "End"),
        );
        expect(got).toBe(value);
        const ends = log.filter(({ type }) => type === "compositionend");
        expect(ends.map(({ data }) => data)).toEqual(commits);
        const starts = log.filter(({ type }) => type === "compositionstart");
        expect(starts).toHaveLength(commits.length);
        let composing = false;
        for (const each of log) {
          if (each.type === "compositionstart") composing = true;
          if (each.type === "input") expect(each.isComposing, JSON.stringify(log)).toBe(composing);
          if (each.type === "compositionend") composing = false;
        }
        const keys = log.filter(({ type }) => type === "keydown").map(({ key }) => key);
        expect(keys).toEqual([...expected, "End"]);
      });
    }
  }

  it("opens the candidates where the page's caret is", async () => {
    await emptyField("rich");
    const text = "候補の窓はここに開く";
    await play([{ do: "start" }, { do: "update", data: text, from: text.length, to: text.length }]);
    const { caret } = await heard(({ value, caret: at }) => value === text && at !== null);
    const picture = await viewer.getByTestId("picture").boundingBox();
    const place = async () => {
      const box = await viewer.getByTestId("ime-input").boundingBox();
      return { x: (box?.x ?? 0) - (picture?.x ?? 0), y: (box?.y ?? 0) - (picture?.y ?? 0) };
    };
    await expect.poll(async () => Math.abs((await place()).x - (caret?.x ?? 0))).toBeLessThan(4);
    expect(Math.abs((await place()).y - (caret?.y ?? 0))).toBeLessThan(8);
    await play([{ do: "end", data: text }]);
    await heard(({ log }) => log.some(({ type }) => type === "compositionend"));
  });
});

describe("every character", () => {
  const kanji = Array.from({ length: 10_000 }, (_, index) => String.fromCodePoint(0x4e00 + index));
  const special = "𠮷野家と葛󠄀城 😀👨‍👩‍👧 ｶﾞｷﾞｸﾞ ～−①㈱";

  it("of 10,000 distinct kanji arrives in a page, composed four hundred at a time", async () => {
    await emptyField("area");
    const all = kanji.join("");
    for (let at = 0; at < kanji.length; at += 400) await play(commit(all.slice(at, at + 400)));
    const { value } = await heard((report) => report.value.length >= all.length);
    expect(value === all).toBe(true);
  });

  it("pasted from the terminal comes as a paste of text alone, on record without the text", async () => {
    await emptyField("area");
    const text = kanji.join("").slice(0, 5000) + special;
    await copyElsewhere(text);
    await viewer.keyboard.press("Control+V");
    const { value, log } = await heard((report) => report.value.length >= text.length);
    expect(value === text).toBe(true);
    expect(log.find(({ type }) => type === "paste")?.kinds).toEqual(["text/plain"]);
    const rows = await auditRows("clipboard-in");
    expect(rows[0]).toMatchObject({ outcome: "success", details: { characters: text.length } });
    expect(JSON.stringify(rows)).not.toContain("野家");
  });

  it("reaches the find bar, which is not the page's", async () => {
    await emptyField("input");
    await viewer.keyboard.press("Control+F");
    // Neither that the bar is open nor that it has found something is an event that the terminal could hear.
    await viewer.waitForTimeout(700);
    await play(commit("𠮷野家ｶﾞと😀"));
    await viewer.keyboard.press("Enter");
    await viewer.waitForTimeout(700);
    await viewer.keyboard.press("Escape");
    await heard(({ selected }) => selected === "𠮷野家ｶﾞと😀");
  });

  it("reaches the browser's own dialogs", async () => {
    await emptyField("input");
    await viewer.keyboard.press("F2");
    const text = special + kanji.slice(3000, 3500).join("");
    // The box has no event that the terminal could hear; what is typed before it opens goes to the page.
    await viewer.waitForTimeout(700);
    await play(commit(text));
    await viewer.keyboard.press("Enter");
    const { answer } = await heard((report) => report.answer !== undefined);
    expect(answer).toBe(text);
  });

  it("goes through the address bar", async () => {
    const text = special + kanji.slice(0, 300).join("");
    await go(viewer, text);
    await expect
      .poll(async () =>
        decodeURIComponent(await viewer.locator("input[data-testid=address]").inputValue()),
      )
      .toBe(`http://kunren.hanare.internal/search?q=${text}`);
    await openDesk();
  });
});

interface Row {
  readonly outcome: string;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}
async function auditRows(action: string): Promise<Row[]> {
  const answer = await portal.request.get(
    `${installation.url}/api/admin/audit?action=${action}&limit=100`,
  );
  return ((await answer.json()) as { records: Row[] }).records;
}

describe("keys", () => {
  it("keep their order among text, however fast", async () => {
    await emptyField("area");
    for (const word of ["一", "二", "三", "四", "五"]) {
      await play(commit(word));
      await viewer.keyboard.press("a");
      await viewer.keyboard.press("Enter");
    }
    const { value } = await heard((report) => report.value.length >= 15);
    expect(value).toBe("一a\n二a\n三a\n四a\n五a\n");
  });

  it("do not stay down when the focus goes away", async () => {
    await emptyField("input");
    for (const name of ["Control", "Shift", "Alt"]) await viewer.keyboard.down(name);
    await viewer.locator("input[data-testid=address]").evaluate((node) => {
      (node as unknown as { focus: () => void }).focus();
    });
    for (const name of ["Control", "Shift", "Alt"]) await viewer.keyboard.up(name);
    await heard(({ log }) => log.filter(({ type }) => type === "keyup").length === 3);
    await focusPicture();
    await viewer.keyboard.press("x");
    const { log } = await heard(({ log: all }) => all.some(({ key }) => key === "x"));
    expect(log.find(({ key }) => key === "x")).toMatchObject({
      ctrl: false,
      shift: false,
      alt: false,
    });
  });

  it("of a Japanese and of an American layout come as the characters they make", async () => {
    await emptyField("input");
    const typed = "aA1!@\"#$%&'()=~|`{}*+<>?_\\[]^-;:/.,";
    await viewer.keyboard.type(typed);
    // As a JIS keyboard sends them: the place of the key is another than on an American one.
    for (const [key, code] of [
      ["@", "BracketLeft"],
      ["^", "Equal"],
      ["\\", "IntlYen"],
      ["_", "IntlRo"],
    ])
      await play(["keydown", "keyup"].map((kind) => ({ do: kind, key, code, keyCode: 0 })));
    const { value } = await heard((report) => report.value.length >= typed.length + 4);
    expect(value).toBe(`${typed}@^\\_`);
  });
});

describe("pointing", () => {
  const canvas = () => viewer.locator("[data-testid=picture] canvas");

  it("clicks twice, with the right and the middle button, drags a selection and turns the wheel", async () => {
    await emptyField("input");
    await canvas().dblclick({ position: { x: 1000, y: 100 }, delay: 40 });
    await canvas().click({ position: { x: 1000, y: 120 }, button: "middle" });
    const first = await heard(({ log }) => log.some(({ type }) => type === "auxclick"));
    expect(first.log.map(({ type }) => type)).toContain("dblclick");
    const box = await canvas().boundingBox();
    const at = (x: number, y: number): [number, number] => [(box?.x ?? 0) + x, (box?.y ?? 0) + y];
    await viewer.mouse.move(...at(201, 475));
    await viewer.mouse.down();
    await viewer.mouse.move(...at(300, 475), { steps: 4 });
    await viewer.mouse.move(...at(440, 475), { steps: 4 });
    await viewer.mouse.up();
    await heard(({ selected }) => selected?.startsWith("寿司と𠮷野家") === true);
    await viewer.mouse.wheel(0, 240);
    await heard(({ wheel }) => (wheel ?? 0) > 0);
    await canvas().click({ position: { x: 1000, y: 130 }, button: "right" });
    await heard(({ log }) => log.some(({ type }) => type === "contextmenu"));
    await viewer.keyboard.press("Escape");
  });
});

describe("tabs", () => {
  const titles = async () => (await viewer.getByTestId("tab").allInnerTexts()).join(" | ");
  const active = () => viewer.locator("[data-testid=tab][aria-selected=true]").innerText();
  const click = (y: number, button: "left" | "middle" = "left") =>
    viewer
      .locator("[data-testid=picture] canvas")
      .click({ position: { x: 910, y }, button, timeout: 5000 });

  it("open behind with the middle button, in front by target and by a script", async () => {
    await openDesk();
    await click(312, "middle");
    await expect.poll(titles).toBe("desk | behind");
    expect(await active()).toBe("desk");
    await click(352);
    await expect.poll(active).toBe("front");
    expect(await titles()).toBe("desk | front | behind");
    await viewer.getByTestId("tab").first().click();
    await expect.poll(active).toBe("desk");
    await click(392);
    await expect.poll(active).toBe("pop");
  });

  it("move by keyboard and by the mouse", async () => {
    const before = (await titles()).split(" | ");
    await focusPicture();
    const at = before.indexOf("pop");
    await viewer.keyboard.press("Control+Shift+PageDown");
    await expect.poll(async () => (await titles()).split(" | ").indexOf("pop")).toBe(at + 1);
    await viewer.getByTestId("tab").last().dragTo(viewer.getByTestId("tab").first());
    await expect.poll(async () => (await titles()).split(" | ")[0]).toBe(before.at(-1));
  });

  it("come back with their page after they were closed", async () => {
    const count = await viewer.getByTestId("tab").count();
    await viewer
      .getByTestId("close-tab")
      .nth((await titles()).split(" | ").indexOf("behind"))
      .click();
    await expect.poll(titles).not.toContain("behind");
    await focusPicture();
    await viewer.keyboard.press("Control+Shift+T");
    await expect.poll(titles).toContain("behind");
    expect(await viewer.getByTestId("tab").count()).toBe(count);
  });

  it("show their history, and go there", async () => {
    for (const title of ["one", "two", "three"]) {
      await go(viewer, `${desk}?title=${title}`);
      await expect.poll(active).toBe(title);
    }
    await viewer.getByTestId("back").click({ button: "right" });
    const menu = viewer.getByTestId("history-menu");
    await expect.poll(() => menu.innerText()).toMatch(/three[\s\S]*two[\s\S]*one[\s\S]*behind/);
    await menu.getByRole("menuitem", { name: "one" }).click();
    await expect.poll(active).toBe("one");
  });

  it("take a hostile title as words", async () => {
    const title = "<img src=x onerror=document.title='hit'>\u202etxet";
    await go(viewer, `${desk}?title=${encodeURIComponent(title)}`);
    await expect.poll(active).toBe("<img src=x onerror=document.title='hit'>txet");
    expect(await viewer.title()).not.toContain("hit");
  });

  it("say plainly whose page it is and what its certificate says", async () => {
    expect(await viewer.getByTestId("address-host").innerText()).toBe("www.allowed.test");
    await expect
      .poll(() => viewer.getByTestId("connection").getAttribute("data-state"))
      .toBe("secure");
    await viewer.getByTestId("connection").click();
    expect(await viewer.getByTestId("connection-facts").innerText()).toMatch(/発行者/);
    await go(viewer, "kunren.hanare.internal");
    await expect
      .poll(() => viewer.getByTestId("connection").getAttribute("data-state"))
      .toBe("plain");
  });
});

describe("the browser's own boxes and a person's room", () => {
  it("ask for a name and a password over https", async () => {
    await go(viewer, "https://www.allowed.test/desk/locked");
    // The box has no event that the terminal could hear.
    await viewer.waitForTimeout(1000);
    await focusPictureByKeyboard();
    await viewer.keyboard.type("hanako");
    await viewer.keyboard.press("Tab");
    await viewer.keyboard.type("secret");
    await viewer.keyboard.press("Enter");
    await expect
      .poll(async () => (await viewer.getByTestId("tab").allInnerTexts()).join())
      .toContain("hanako:secret");
  });

  it("give no page camera, microphone, place, notifications or devices", async () => {
    await go(viewer, "https://www.allowed.test/desk/ask.html");
    const { answers } = await heard((report) => report.answers !== undefined);
    expect(Object.keys(answers ?? {})).toHaveLength(10);
    for (const [what, answer] of Object.entries(answers ?? {}))
      expect(answer, what).not.toMatch(/^(given|granted|prompt|\[object|[1-9])/);
  });
});

describe("printing", () => {
  it("brings the page as a cleaned PDF to the terminal's print dialog", async () => {
    await openDesk();
    await viewer.keyboard.press("Control+P");
    const frame = viewer.getByTestId("print-frame");
    await frame.waitFor({ state: "attached", timeout: 30_000 });
    expect(Number(await frame.getAttribute("data-bytes"))).toBeGreaterThan(1000);
    await expect.poll(() => viewer.evaluate("globalThis.hasPrinted === true")).toBe(true);
    expect(
      await viewer.locator("[data-testid=download-item]").first().getAttribute("data-verdict"),
    ).toBe("sanitized");
    // The list shows the print's way through the checks; what comes next needs its place.
    await viewer.getByTestId("downloads-button").click();
    const [row] = await auditRows("print");
    expect(row).toMatchObject({ outcome: "success", details: { rule: "K100" } });
  });
});

describe("the clipboard's way out", () => {
  it("takes text to the terminal when the policy lets it, on record without the text", async () => {
    await openDesk();
    await emptyField("area");
    await play(commit("外へ出る文字𠮷"));
    await viewer.keyboard.press("Control+A");
    await viewer.keyboard.press("Control+C");
    await expect
      .poll(() => viewer.evaluate("navigator.clipboard.readText()"))
      .toBe("外へ出る文字𠮷");
    const [row] = await auditRows("clipboard-out");
    expect(row).toMatchObject({ outcome: "success", details: { characters: 8, rule: "K100" } });
  });

  it("says that a text is longer than the policy allows, and lets none of it pass", async () => {
    await emptyField("area");
    await copyElsewhere("長".repeat(20_001));
    await viewer.keyboard.press("Control+V");
    await expect.poll(() => viewer.getByTestId("notice").innerText()).toContain("多すぎる");
    await viewer.getByTestId("notice").getByRole("button").click();
    const [row] = await auditRows("clipboard-in");
    expect(row).toMatchObject({ outcome: "refused", reason: "too-long" });
    await viewer.keyboard.press("a");
    const { value } = await heard((report) => report.value !== "");
    expect(value).toBe("a");
  });

  it("is shut both ways as soon as the policy says so", async () => {
    await emptyField("area");
    await copyElsewhere("端末の文字");
    await installation.writePolicy(
      rights("{ in: false, out: false }", "print: false, watermark: false"),
    );
    await expect
      .poll(
        async () => {
          await viewer.keyboard.press("Control+V");
          return viewer.getByTestId("notice").count();
        },
        { interval: 1000 },
      )
      .toBe(1);
    await viewer.getByTestId("notice").getByRole("button").click();
    await emptyField("area");
    await play(commit("中に残る"));
    await viewer.keyboard.press("Control+A");
    await viewer.keyboard.press("Control+C");
    await viewer.keyboard.press("End");
    await heard(({ log }) => log.some(({ type, key }) => type === "keyup" && key === "End"));
    expect(await viewer.evaluate("navigator.clipboard.readText()")).toBe("端末の文字");
    // Inside the isolated browser, copying and pasting go on.
    await viewer.keyboard.press("Control+V");
    const { value } = await heard((report) => report.value === "中に残る中に残る");
    expect(value).toBe("中に残る中に残る");
  });
});

describe("what the policy does not allow", () => {
  it("is said when the person wants to print", async () => {
    expect(await viewer.getByTestId("print").count()).toBe(0);
    await viewer.keyboard.press("Control+P");
    const notice = viewer.getByTestId("notice");
    await expect.poll(() => notice.innerText()).toContain("印刷");
    await notice.getByRole("button").click();
  });
});

describe("the frame around it", () => {
  it("says where one is, who looks and when, and hides from others, as the policy says", async () => {
    expect(await viewer.getByTestId("room-label").innerText()).toContain("インターネット（分離）");
    expect(await viewer.getByTestId("watermark").count()).toBe(0);
    await installation.writePolicy(
      rights(
        "{ in: true }",
        'watermark_text: "持出禁止 {user} {terminal} {time}", hide_on_blur: true',
      ),
    );
    const words = () => viewer.getByTestId("watermark").getAttribute("data-words");
    await expect.poll(words).toMatch(/^持出禁止 admin \S+ \d{4}\/\d/);
    expect(await viewer.getByTestId("privacy-cover").count()).toBe(0);
    // The driver of this browser lets every page believe that it has the focus.
    const attention = (there: boolean) =>
      viewer.evaluate(
        `document.hasFocus = () => ${String(there)}; window.dispatchEvent(new Event("${there ? "focus" : "blur"}"))`,
      );
    await attention(false);
    await expect.poll(() => viewer.getByTestId("privacy-cover").innerText()).toContain("隠して");
    await attention(true);
    await expect.poll(() => viewer.getByTestId("privacy-cover").count()).toBe(0);
  });
});

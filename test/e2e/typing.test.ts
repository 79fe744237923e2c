/**
 * What a person types and copies, as a page of the isolated browser hears it: traces of input methods are
 * played into the viewer's own field in a real Chromium, and the page reports its events.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { commit, Desk, deskPolicy } from "../support/desk.ts";
import { imeTraces } from "../support/ime-traces.ts";
import { go } from "../support/terminal.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.start(deskPolicy("{ in: true, out: true, max_chars: 20000 }"));
});
afterAll(() => desk[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await desk.keep(task.name);
});

describe("an input method's events, played in the terminal", () => {
  it("have a page that listens", () => desk.openPage());

  for (const field of ["input", "area", "rich"]) {
    for (const [name, { steps, value, commits, keys: expected = [] }] of Object.entries(
      imeTraces,
    )) {
      // To the browser a field of several lines is one of a single line; two traces prove it.
      if (field === "area" && !/^MS-IME/.test(name)) continue;
      it(`${name}: the page's ${field} has the text, and one commit for each`, async () => {
        await desk.emptyField(field);
        await desk.play(steps);
        // A key after the text: it must not arrive before it.
        await desk.viewer.keyboard.press("End");
        const { log, value: got } = await desk.heard(({ log: all }) =>
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
    await desk.emptyField("rich");
    const text = "候補の窓はここに開く";
    await desk.play([
      { do: "start" },
      { do: "update", data: text, from: text.length, to: text.length },
    ]);
    const { caret } = await desk.heard(({ value, caret: at }) => value === text && at !== null);
    const picture = await desk.viewer.getByTestId("picture").boundingBox();
    const place = async () => {
      const box = await desk.viewer.getByTestId("ime-input").boundingBox();
      return { x: (box?.x ?? 0) - (picture?.x ?? 0), y: (box?.y ?? 0) - (picture?.y ?? 0) };
    };
    await expect.poll(async () => Math.abs((await place()).x - (caret?.x ?? 0))).toBeLessThan(4);
    expect(Math.abs((await place()).y - (caret?.y ?? 0))).toBeLessThan(8);
    await desk.play([{ do: "end", data: text }]);
    await desk.heard(({ log }) => log.some(({ type }) => type === "compositionend"));
  });
});

/** Where the first character differs, in a few characters of both; too long to be shown as a whole. */
function difference(value: string, expected: string): string {
  if (value === expected) return "";
  const at = Array.from(expected).findIndex((_, index) => value[index] !== expected[index]);
  const from = Math.max(0, at - 5);
  const cut = (text: string): string => text.slice(from, from + 20);
  return `${value.length} of ${expected.length}, at ${at}: ${cut(value)} instead of ${cut(expected)}`;
}

describe("every character", () => {
  const kanji = Array.from({ length: 10_000 }, (_, index) => String.fromCodePoint(0x4e00 + index));
  const special = "𠮷野家と葛󠄀城 😀👨‍👩‍👧 ｶﾞｷﾞｸﾞ ～−①㈱";

  it("of 10,000 distinct kanji arrives in a page, composed four hundred at a time", async () => {
    await desk.emptyField("area");
    const all = kanji.join("");
    for (let at = 0; at < kanji.length; at += 400) await desk.play(commit(all.slice(at, at + 400)));
    const { value } = await desk.heard((report) => report.value.length >= all.length);
    expect(difference(value, all)).toBe("");
  });

  it("pasted from the terminal comes as a paste of text alone, on record without the text", async () => {
    await desk.emptyField("area");
    const text = kanji.join("").slice(0, 5000) + special;
    await desk.copyElsewhere(text);
    await desk.viewer.keyboard.press("Control+V");
    const { value, log } = await desk.heard((report) => report.value.length >= text.length);
    expect(value === text).toBe(true);
    expect(log.find(({ type }) => type === "paste")?.kinds).toEqual(["text/plain"]);
    const rows = await desk.auditRows("clipboard-in");
    expect(rows[0]).toMatchObject({ outcome: "success", details: { characters: text.length } });
    expect(JSON.stringify(rows)).not.toContain("野家");
  });

  it("of a picture with words in the terminal's clipboard is all that comes", async () => {
    await desk.emptyField("input");
    await desk.copyPictureElsewhere({ html: "<b>太字</b><img src=x>", text: "文字だけ" });
    await desk.viewer.keyboard.press("Control+V");
    const { log } = await desk.heard(({ value }) => value === "文字だけ");
    expect(log.findLast(({ type }) => type === "paste")?.kinds).toEqual(["text/plain"]);
  });

  it("of words pasted before is kept back when a picture alone was copied since, and that is said", async () => {
    await desk.emptyField("input");
    await desk.copyPictureElsewhere();
    await desk.viewer.keyboard.press("Control+V");
    const notice = desk.viewer.getByTestId("notice");
    await expect.poll(() => notice.innerText()).toContain("文字だけ");
    await notice.getByRole("button").click();
    await desk.viewer.keyboard.press("a");
    const { log, value } = await desk.heard((report) => report.value !== "");
    expect(value).toBe("a");
    expect(log.some(({ type }) => type === "paste")).toBe(false);
  });

  it("reaches the find bar, which is not the page's", async () => {
    await desk.emptyField("input");
    await desk.drawsBox(() => desk.viewer.keyboard.press("Control+F"));
    await desk.play(commit("𠮷野家ｶﾞと😀"));
    await desk.viewer.keyboard.press("Enter");
    // That it has found something is no event that the terminal could hear.
    await desk.viewer.waitForTimeout(700);
    await desk.viewer.keyboard.press("Escape");
    await desk.heard(({ selected }) => selected === "𠮷野家ｶﾞと😀");
  });

  it("reaches the browser's own dialogs", async () => {
    await desk.emptyField("input");
    await desk.drawsBox(() => desk.viewer.keyboard.press("F2"));
    const text = special + kanji.slice(3000, 3500).join("");
    await desk.play(commit(text));
    await desk.viewer.keyboard.press("Enter");
    const { answer } = await desk.heard((report) => report.answer !== undefined);
    expect(answer).toBe(text);
  });

  it("goes through the address bar", async () => {
    const text = special + kanji.slice(0, 300).join("");
    await go(desk.viewer, text);
    await expect
      .poll(async () =>
        decodeURIComponent(await desk.viewer.locator("input[data-testid=address]").inputValue()),
      )
      .toBe(`http://kunren.hanare.internal/search?q=${text}`);
    await desk.openPage();
  });
});

describe("keys", () => {
  it("keep their order among text, however fast", async () => {
    await desk.emptyField("area");
    for (const word of ["一", "二", "三", "四", "五"]) {
      await desk.play(commit(word));
      await desk.viewer.keyboard.press("a");
      await desk.viewer.keyboard.press("Enter");
    }
    const { value } = await desk.heard((report) => report.value.length >= 15);
    expect(value).toBe("一a\n二a\n三a\n四a\n五a\n");
  });

  it("do not stay down when the focus goes away", async () => {
    await desk.emptyField("input");
    for (const name of ["Control", "Shift", "Alt"]) await desk.viewer.keyboard.down(name);
    await desk.viewer.locator("input[data-testid=address]").evaluate((node) => {
      (node as unknown as { focus: () => void }).focus();
    });
    for (const name of ["Control", "Shift", "Alt"]) await desk.viewer.keyboard.up(name);
    await desk.heard(({ log }) => log.filter(({ type }) => type === "keyup").length === 3);
    await desk.focusPicture();
    await desk.viewer.keyboard.press("x");
    const { log } = await desk.heard(({ log: all }) => all.some(({ key }) => key === "x"));
    expect(log.find(({ key }) => key === "x")).toMatchObject({
      ctrl: false,
      shift: false,
      alt: false,
    });
  });

  it("stay down while the window takes another size", async () => {
    await desk.emptyField("input");
    const width = async () => (await desk.canvas.boundingBox())?.width;
    await desk.viewer.keyboard.down("Control");
    await desk.viewer.setViewportSize({ width: 1200, height: 720 });
    await expect.poll(width).toBe(1194);
    await desk.viewer.keyboard.press("b");
    await desk.viewer.keyboard.up("Control");
    const { log } = await desk.heard(({ log: all }) => all.some(({ key }) => key === "b"));
    expect(log.find(({ key }) => key === "b")).toMatchObject({ ctrl: true });
    await desk.viewer.setViewportSize({ width: 1280, height: 720 });
    await expect.poll(width).toBe(1274);
  });

  it("of a Japanese and of an American layout come as the characters they make", async () => {
    await desk.emptyField("input");
    const typed = "aA1!@\"#$%&'()=~|`{}*+<>?_\\[]^-;:/.,";
    await desk.viewer.keyboard.type(typed);
    // As a JIS keyboard sends them: the place of the key is another than on an American one.
    for (const [key, code] of [
      ["@", "BracketLeft"],
      ["^", "Equal"],
      ["\\", "IntlYen"],
      ["_", "IntlRo"],
    ])
      await desk.play(["keydown", "keyup"].map((kind) => ({ do: kind, key, code, keyCode: 0 })));
    const { value } = await desk.heard((report) => report.value.length >= typed.length + 4);
    expect(value).toBe(`${typed}@^\\_`);
  });
});

describe("the clipboard's way out", () => {
  it("takes text to the terminal when the policy lets it, on record without the text", async () => {
    await desk.openPage();
    await desk.emptyField("area");
    await desk.play(commit("外へ出る文字𠮷"));
    await desk.viewer.keyboard.press("Control+A");
    await desk.viewer.keyboard.press("Control+C");
    await expect.poll(() => desk.clipboard()).toBe("外へ出る文字𠮷");
    const [row] = await desk.auditRows("clipboard-out");
    expect(row).toMatchObject({ outcome: "success", details: { characters: 8, rule: "K100" } });
  });

  it("says that a text is longer than the policy allows, and lets none of it pass", async () => {
    await desk.emptyField("area");
    await desk.copyElsewhere("長".repeat(20_001));
    await desk.viewer.keyboard.press("Control+V");
    await expect.poll(() => desk.viewer.getByTestId("notice").innerText()).toContain("多すぎる");
    await desk.viewer.getByTestId("notice").getByRole("button").click();
    const [row] = await desk.auditRows("clipboard-in");
    expect(row).toMatchObject({ outcome: "refused", reason: "too-long" });
    await desk.viewer.keyboard.press("a");
    const { value } = await desk.heard((report) => report.value !== "");
    expect(value).toBe("a");
  });

  it("is shut both ways as soon as the policy says so", async () => {
    await desk.emptyField("area");
    await desk.copyElsewhere("端末の文字");
    await desk.installation.writePolicy(
      deskPolicy("{ in: false, out: false }", "print: false, watermark: false"),
    );
    await expect
      .poll(
        async () => {
          await desk.viewer.keyboard.press("Control+V");
          return desk.viewer.getByTestId("notice").count();
        },
        { interval: 1000 },
      )
      .toBe(1);
    await desk.viewer.getByTestId("notice").getByRole("button").click();
    await desk.emptyField("area");
    await desk.play(commit("中に残る"));
    await desk.viewer.keyboard.press("Control+A");
    await desk.viewer.keyboard.press("Control+C");
    await desk.viewer.keyboard.press("End");
    await desk.heard(({ log }) => log.some(({ type, key }) => type === "keyup" && key === "End"));
    expect(await desk.clipboard()).toBe("端末の文字");
    // Inside the isolated browser, copying and pasting go on.
    await desk.viewer.keyboard.press("Control+V");
    const { value } = await desk.heard((report) => report.value === "中に残る中に残る");
    expect(value).toBe("中に残る中に残る");
  });
});

describe("what the policy does not allow", () => {
  it("is said when the person wants to print", async () => {
    expect(await desk.viewer.getByTestId("print").count()).toBe(0);
    await desk.viewer.keyboard.press("Control+P");
    const notice = desk.viewer.getByTestId("notice");
    await expect.poll(() => notice.innerText()).toContain("印刷");
    await notice.getByRole("button").click();
  });
});

describe("what was typed, composed and pasted here", () => {
  it("stands in no record and in no log", async () => {
    const { dataDir } = desk.installation;
    const log = await readFile(join(dataDir, "log", "hanare.log"), "utf8");
    const database = new DatabaseSync(join(dataDir, "hanare.db"), { readOnly: true });
    const records = database.prepare("SELECT record FROM audit_records").all();
    database.close();
    const kept = `${log}${JSON.stringify(records)}`;
    expect(kept).toContain("clipboard-in");
    const typed = ["外へ出る文字", "中に残る", "候補の窓", "野家", "長長長", "\u4e00\u4e01\u4e02"];
    expect(typed.filter((text) => kept.includes(text))).toEqual([]);
  });
});

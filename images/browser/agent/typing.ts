/**
 * Everything a person types, in the order it was typed. Keys go to the display, text to the page: two ways
 * of different speed, so each waits until the other has arrived. Text for one of the browser's own fields
 * (find bar, dialogs), which no page text reaches, is pasted there.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ToAgent } from "../../wire/control.ts";
import { type Caret, caretExpression, hasFocusExpression, readCaret } from "./caret.ts";
import type { Cdp } from "./cdp.ts";
import type { Clipboard } from "./clipboard.ts";
import { type Keyboard, keysyms } from "./keyboard.ts";
import { ignoreGone, type Tabs } from "./tabs.ts";

export type Typed = Extract<
  ToAgent,
  { type: "compose" | "insert-text" | "key" | "paste" | "release-keys" }
>;

export interface TypingParts {
  readonly cdp: Cdp;
  readonly tabs: Tabs;
  readonly keyboard: Keyboard;
  readonly clipboard: Clipboard;
  readonly onCaret: (caret: Caret) => void;
}

/** A page that does not answer in this time does not hold up the keys behind it. */
const patienceMs = 1000;
/** A field that does not take what is pasted into it leaves the clipboard as it is. */
const pasteMs = 500;
const fieldMs = 60;

export class Typing {
  readonly #o: TypingParts;
  #turn: Promise<void> = Promise.resolve();
  /** Keys were sent that the page may not have seen yet. */
  #keysUnderWay = false;
  #composing = false;
  #pasted = "";
  #caret = "";

  constructor(parts: TypingParts) {
    this.#o = parts;
  }

  take(message: Typed): Promise<void> {
    return this.#inTurn(() => this.#carryOut(message));
  }

  /** A letter with Ctrl, chosen from a menu instead of typed. */
  withControl(letter: number): Promise<void> {
    return this.#inTurn(() => {
      this.#keysUnderWay = true;
      return this.#o.keyboard.withControl(letter);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      process.stderr.write(`typing: ${String(error)}\n`);
    });
    return this.#turn;
  }

  async #carryOut(message: Typed): Promise<void> {
    const { keyboard } = this.#o;
    switch (message.type) {
      case "key":
        this.#keysUnderWay = true;
        return keyboard.press(message.keysym, message.down);
      case "release-keys":
        return keyboard.releaseAll();
      case "compose":
        return this.#compose(message);
      case "insert-text":
        return this.#insert(message.text);
      case "paste": {
        this.#pasted += message.text;
        if (!message.last) return;
        const text = this.#pasted;
        this.#pasted = "";
        return this.#paste(text);
      }
    }
  }

  async #compose({ text, selectionStart, selectionEnd }: Extract<Typed, { type: "compose" }>) {
    await this.#keysArrived();
    if (!(await this.#pageHasFocus())) return;
    this.#composing = text !== "";
    await this.#toPage("Input.imeSetComposition", { text, selectionStart, selectionEnd });
    this.#tellCaret();
  }

  async #insert(text: string): Promise<void> {
    await this.#keysArrived();
    if (this.#composing || (await this.#pageHasFocus())) {
      this.#composing = false;
      await this.#toPage("Input.insertText", { text });
      this.#tellCaret();
      return;
    }
    // What was copied before is not lost by it.
    const { clipboard } = this.#o;
    const before = clipboard.text;
    await this.#paste(text);
    await this.#keysArrived();
    // Such a field shows what it has fetched a moment later, and says nothing then.
    await sleep(fieldMs);
    if (before !== undefined) await clipboard.offer(before);
  }

  async #paste(text: string): Promise<void> {
    const { clipboard, keyboard } = this.#o;
    await clipboard.offer(text);
    const served = clipboard.served();
    await keyboard.withControl(keysyms.letterV);
    this.#keysUnderWay = true;
    await within(served, pasteMs);
  }

  /** Keys are in the page's hands when display and browser have each answered something asked after them. */
  async #keysArrived(): Promise<void> {
    if (!this.#keysUnderWay) return;
    this.#keysUnderWay = false;
    const { cdp, clipboard, keyboard } = this.#o;
    await within(keyboard.settled(), patienceMs);
    await clipboard.settled();
    await cdp.send("Browser.getVersion");
  }

  /** A page whose own box is open stands still and could not answer. One that is merely busy has the focus. */
  async #pageHasFocus(): Promise<boolean> {
    const { tabs } = this.#o;
    if (tabs.active?.dialog === true) return false;
    return (await within(tabs.look(hasFocusExpression), patienceMs)) !== false;
  }

  async #toPage(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    const { tabs } = this.#o;
    const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
    const onDialog = (): void => resolve(undefined);
    tabs.once("dialog", onDialog);
    try {
      await Promise.race([within(tabs.toActive(method, params), patienceMs), stopped]);
    } finally {
      tabs.off("dialog", onDialog);
    }
  }

  /** Not waited for: it is for the eye. */
  #tellCaret(): void {
    const { tabs, onCaret } = this.#o;
    if (tabs.active?.dialog === true) return;
    ignoreGone(
      tabs.look(caretExpression).then((value) => {
        const caret = readCaret(value);
        const said = JSON.stringify(caret);
        if (caret === undefined || said === this.#caret) return;
        this.#caret = said;
        onCaret(caret);
      }),
    );
  }
}

/** What the work gives, or undefined when it fails or takes longer. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([work, late]);
  } catch {
    // Gone or refused: the tab's own events say so.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

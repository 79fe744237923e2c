/**
 * What an input method does to a text field, as DOM events in the order browsers send them, and what a page
 * must have at the end. The Chromium orders were recorded in the viewer's own field; those of MS-IME are what
 * Edge on Windows sends: the key that starts a composition is 229 "Process", the last input comes before
 * compositionend, and the keyup of the key that committed comes after it, without a keydown of its own.
 */
export type ImeStep =
  | {
      readonly do: "keydown" | "keyup";
      readonly key: string;
      readonly code: string;
      readonly keyCode: number;
      readonly isComposing?: boolean;
    }
  | { readonly do: "start" }
  /** Composes over that many UTF-16 units before the caret, without a start of its own. */
  | { readonly do: "reconvert"; readonly length: number }
  /** compositionupdate, then input; `from` and `to` are the selection within the preedit. */
  | { readonly do: "update"; readonly data: string; readonly from: number; readonly to: number }
  | { readonly do: "end"; readonly data: string }
  | { readonly do: "input"; readonly inputType: string; readonly data: string }
  | { readonly do: "blur" };

export interface ImeTrace {
  readonly steps: readonly ImeStep[];
  readonly value: string;
  /** Data of each compositionend the page hears of. */
  readonly commits: readonly string[];
  /** Keys that the page hears besides. */
  readonly keys?: readonly string[];
}

const taken = (code: string, isComposing = true): ImeStep => ({
  do: "keydown",
  key: "Process",
  code,
  keyCode: 229,
  isComposing,
});
const released = (key: string, code: string, keyCode: number, isComposing = true): ImeStep => ({
  do: "keyup",
  key,
  code,
  keyCode,
  isComposing,
});
const begin: ImeStep = { do: "start" };
const show = (data: string, from = data.length, to = from): ImeStep => ({
  do: "update",
  data,
  from,
  to,
});
const end = (data: string): ImeStep => ({ do: "end", data });
const enterUp = released("Enter", "Enter", 13, false);

export const imeTraces: Readonly<Record<string, ImeTrace>> = {
  "MS-IME in Edge: romaji, Space, Enter": {
    steps: [
      taken("KeyN", false),
      begin,
      show("ｎ"),
      released("n", "KeyN", 78),
      taken("KeyI"),
      show("に"),
      taken("KeyH"),
      show("にｈ"),
      taken("KeyO"),
      show("にほ"),
      taken("KeyN"),
      show("にほｎ"),
      taken("KeyN"),
      show("にほん"),
      taken("Space"),
      show("日本", 0, 2),
      released(" ", "Space", 32),
      taken("Enter"),
      show("日本"),
      end("日本"),
      enterUp,
    ],
    value: "日本",
    commits: ["日本"],
  },
  "Chromium: the same without an update before the end": {
    steps: [
      taken("KeyK", false),
      begin,
      show("ｋ"),
      show("か"),
      show("蚊", 0, 1),
      end("蚊"),
      enterUp,
    ],
    value: "蚊",
    commits: ["蚊"],
  },
  "MS-IME: the next character commits, and begins the next composition": {
    steps: [
      taken("KeyA", false),
      begin,
      show("東京", 0, 2),
      taken("KeyT"),
      show("東京"),
      end("東京"),
      begin,
      show("ｔ"),
      released("t", "KeyT", 84),
      taken("KeyO"),
      show("と"),
      taken("Enter"),
      end("と"),
      enterUp,
    ],
    value: "東京と",
    commits: ["東京", "と"],
  },
  "several clauses, the second one changed and shortened": {
    steps: [
      taken("KeyW", false),
      begin,
      show("わたしのなまえはなかのです"),
      taken("Space"),
      show("私の名前は中野です", 0, 2),
      taken("ArrowRight"),
      show("私の名前は中野です", 2, 5),
      taken("ArrowRight"),
      show("私の名前は中野です", 5, 9),
      taken("Space"),
      show("私の名前は仲野です", 5, 9),
      taken("ArrowLeft"),
      show("私の名前は仲野です", 5, 7),
      taken("Enter"),
      show("私の名前は仲野です"),
      end("私の名前は仲野です"),
      enterUp,
    ],
    value: "私の名前は仲野です",
    commits: ["私の名前は仲野です"],
  },
  "reconversion of the last two words with 変換, in the middle of a sentence": {
    steps: [
      begin,
      show("本を"),
      end("本を"),
      begin,
      show("買いた😀"),
      end("買いた😀"),
      taken("Convert", false),
      { do: "reconvert", length: 5 },
      show("かいた", 0, 3),
      show("書いた", 0, 3),
      taken("Enter"),
      end("書いた"),
      enterUp,
    ],
    value: "本を書いた",
    commits: ["本を", "買いた😀", "書いた"],
    keys: ["Backspace", "Backspace", "Backspace", "Backspace"],
  },
  "given up with Escape": {
    steps: [
      taken("KeyK", false),
      begin,
      show("かな"),
      taken("Escape"),
      show(""),
      end(""),
      released("Escape", "Escape", 27, false),
    ],
    value: "",
    commits: [""],
  },
  "committed because the field lost the focus": {
    steps: [taken("KeyM", false), begin, show("みどり"), end("みどり"), { do: "blur" }],
    value: "みどり",
    commits: ["みどり"],
  },
  "an input event after the end repeats the text": {
    steps: [
      begin,
      show("漢字", 0, 2),
      end("漢字"),
      { do: "input", inputType: "insertCompositionText", data: "漢字" },
      enterUp,
    ],
    value: "漢字",
    commits: ["漢字"],
  },
  "characters beyond the BMP, half-width kana, emoji with joiners": {
    steps: [begin, show("𠮷野家"), show("𠮷野家ﾊﾝｶｸ👨‍👩‍👧葛󠄀"), end("𠮷野家ﾊﾝｶｸ👨‍👩‍👧葛󠄀"), enterUp],
    value: "𠮷野家ﾊﾝｶｸ👨‍👩‍👧葛󠄀",
    commits: ["𠮷野家ﾊﾝｶｸ👨‍👩‍👧葛󠄀"],
  },
  "半角/全角, 変換, 無変換 and かな leave the page alone": {
    steps: [
      { do: "keydown", key: "ZenkakuHankaku", code: "Backquote", keyCode: 243 },
      { do: "keyup", key: "ZenkakuHankaku", code: "Backquote", keyCode: 244 },
      { do: "keydown", key: "Convert", code: "Convert", keyCode: 28 },
      { do: "keyup", key: "Convert", code: "Convert", keyCode: 28 },
      { do: "keydown", key: "NonConvert", code: "NonConvert", keyCode: 29 },
      { do: "keydown", key: "Hiragana", code: "KanaMode", keyCode: 242 },
      begin,
      show("あ"),
      end("あ"),
    ],
    value: "あ",
    commits: ["あ"],
  },
};

/**
 * What the reducer reads and what it answers. Plain data without DOM types, so that event orders
 * recorded in real browsers can be replayed in tests.
 */
export interface KeyFacts {
  /** KeyboardEvent.key, .code and .keyCode; keyCode 229 means "the input method has it". */
  readonly key: string;
  readonly code: string;
  readonly keyCode: number;
  readonly isComposing: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly meta: boolean;
  readonly altGraph: boolean;
}

export type KeyboardInput =
  | ({ readonly type: "keydown" } & KeyFacts)
  | ({ readonly type: "keyup" } & KeyFacts)
  | { readonly type: "compositionstart" }
  | { readonly type: "compositionupdate"; readonly data: string }
  | { readonly type: "compositionend"; readonly data: string }
  /** `value` and the selection are those of the hidden field after the change. */
  | {
      readonly type: "input";
      readonly inputType: string;
      readonly data: string | null;
      readonly isComposing: boolean;
      readonly value: string;
      readonly selectionStart: number;
      readonly selectionEnd: number;
    }
  /** `text` is empty where the terminal's clipboard holds none; `otherKinds`: it holds something else, a picture say. */
  | { readonly type: "paste"; readonly text: string; readonly otherKinds: boolean }
  /** Something was copied in the remote page by a menu. */
  | { readonly type: "remote-copy" }
  /** A press of the pointer: text goes somewhere else from now on. */
  | { readonly type: "pointer" }
  /** The field, the window or the page lost the person's attention. */
  | { readonly type: "blur" };

export type TextMessage =
  | {
      readonly type: "compose";
      readonly text: string;
      readonly selectionStart: number;
      readonly selectionEnd: number;
    }
  | { readonly type: "insert-text"; readonly text: string }
  /** From the terminal's clipboard: pasted on the other side, if the policy lets it in. */
  | { readonly type: "paste"; readonly text: string };

export type ShortcutName =
  | "address"
  | "new-tab"
  | "close-tab"
  | "next-tab"
  | "previous-tab"
  | "move-tab-left"
  | "move-tab-right"
  | "reopen-tab"
  | "print"
  | "downloads";

export type KeyboardOutput =
  | { readonly kind: "key"; readonly keysym: number; readonly down: boolean }
  | { readonly kind: "text"; readonly message: TextMessage }
  /** A key that the viewer itself answers. */
  | { readonly kind: "shortcut"; readonly name: ShortcutName }
  | { readonly kind: "paste-cut"; readonly keptCharacters: number }
  /** What the terminal's clipboard holds does not pass: it is no text. */
  | { readonly kind: "paste-not-text" };

export interface KeyboardStep {
  readonly state: KeyboardState;
  readonly outputs: readonly KeyboardOutput[];
  /** The browser must not act on this event itself. */
  readonly preventDefault: boolean;
  /** The hidden field must be emptied: its text has been sent. */
  readonly clearField: boolean;
}

export interface KeyboardState {
  readonly composing: boolean;
  /** The compose message sent last, to send each preedit once. */
  readonly preedit: { readonly text: string; readonly start: number; readonly end: number } | null;
  /** Text committed by the last compositionend, until the next key: a late input event repeats it. */
  readonly justCommitted: string | null;
  /** Committed text that still stands in the field, for reconversion. */
  readonly kept: string;
  /** A composition has begun behind or over kept text; the input event that follows tells which. */
  readonly placeUnknown: boolean;
  /** Keys held down on the remote side, by code. */
  readonly pressed: ReadonlyMap<string, number>;
  /**
   * Whether the person copied inside the remote page since the last paste from the terminal: "fresh"
   * without having left the viewer since, "stale" when the terminal's clipboard may be newer.
   */
  readonly remoteCopy: "none" | "fresh" | "stale";
  /** What the terminal's clipboard held when it was last pasted here. */
  readonly lastPasted: string | null;
}

export const initialKeyboardState: KeyboardState = {
  composing: false,
  preedit: null,
  justCommitted: null,
  kept: "",
  placeUnknown: false,
  pressed: new Map(),
  remoteCopy: "none",
  lastPasted: null,
};

/**
 * Where text goes in the active page, in pixels of the picture. Asked in a script world of our own; what
 * comes back is checked on the host. A field without a rectangle of its own for the caret (input, textarea)
 * is reckoned from its text and font: good enough for a candidate window, and nothing is added to the page.
 */
import { asNumber, asObject } from "./cdp.ts";

export interface Caret {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** Whether the page has the keyboard, and not one of the browser's own fields above it. */
export const hasFocusExpression = "document.hasFocus()";

export const caretExpression = `(${String(findCaret)})()`;

export function readCaret(value: unknown): Caret | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found = asObject(value);
  const whole = (name: string, limit: number): number =>
    Math.max(0, Math.min(limit, Math.round(asNumber(found[name]))));
  return { x: whole("x", 2560), y: whole("y", 1440), height: whole("height", 1440) };
}

/* The browser's own objects, as far as this one function uses them: the agent is compiled without the DOM. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
}
interface PageNode {
  readonly nodeType: number;
}
interface PageRange {
  readonly startContainer: PageNode;
  readonly startOffset: number;
  cloneRange(): PageRange;
  collapse(toStart: boolean): void;
  setStart(node: PageNode, offset: number): void;
  getClientRects(): ArrayLike<Box>;
}
interface PageElement {
  readonly tagName: string;
  readonly shadowRoot: { readonly activeElement: PageElement | null } | null;
  readonly contentDocument?: PageDocument | null;
  readonly clientLeft: number;
  readonly clientTop: number;
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly scrollLeft: number;
  readonly scrollTop: number;
  readonly value?: string;
  readonly selectionEnd?: number | null;
  getBoundingClientRect(): Box;
}
interface PageDocument {
  readonly activeElement: PageElement | null;
  getSelection(): { readonly rangeCount: number; getRangeAt(index: number): PageRange } | null;
}
interface PageView {
  readonly document: PageDocument;
  readonly devicePixelRatio: number;
  readonly visualViewport: {
    readonly offsetLeft: number;
    readonly offsetTop: number;
    readonly scale: number;
  };
  getComputedStyle(element: PageElement): Readonly<Record<string, string>>;
  readonly OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    getContext(kind: "2d"): { font: string; measureText(text: string): { width: number } };
  };
}

/** Runs in the page: it may use nothing from outside its own body. */
function findCaret(): Caret | null {
  const view = globalThis as unknown as PageView;
  let document = view.document;
  let element = document.activeElement;
  let left = 0;
  let top = 0;
  for (let depth = 0; depth < 8 && element; depth += 1) {
    const inner = element.shadowRoot?.activeElement;
    const framed = element.contentDocument;
    if (inner) element = inner;
    else if (framed) {
      const box = element.getBoundingClientRect();
      left += box.left + element.clientLeft;
      top += box.top + element.clientTop;
      document = framed;
      element = document.activeElement;
    } else break;
  }
  if (!element) return null;

  const ofField = (field: PageElement, text: string): Caret => {
    const style = view.getComputedStyle(field);
    const number = (name: string): number => Number.parseFloat(style[name] ?? "") || 0;
    const box = field.getBoundingClientRect();
    const height = number("lineHeight") || number("fontSize") * 1.25;
    const pen = new view.OffscreenCanvas(1, 1).getContext("2d");
    pen.font = style["font"] ?? "";
    const x = box.left + field.clientLeft + number("paddingLeft") - field.scrollLeft;
    if (field.tagName === "INPUT") {
      const end = x + pen.measureText(text).width;
      return { x: Math.min(end, box.right), y: (box.top + box.bottom - height) / 2, height };
    }
    const room = field.clientWidth - number("paddingLeft") - number("paddingRight");
    const widths = new Map<string, number>([["\n", 0]]);
    let line = 0;
    let width = 0;
    for (const character of text.slice(-5000)) {
      const more = widths.get(character) ?? pen.measureText(character).width;
      widths.set(character, more);
      if (character === "\n" || width + more > room) {
        line += 1;
        width = 0;
      }
      width += more;
    }
    const inside = Math.min(
      number("paddingTop") + line * height - field.scrollTop,
      field.clientHeight - height,
    );
    return { x: x + width, y: box.top + field.clientTop + Math.max(0, inside), height };
  };
  const ofSelection = (): Caret | null => {
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0) return null;
    const range = selection.getRangeAt(0).cloneRange();
    range.collapse(false);
    const [own] = Array.from(range.getClientRects());
    if (own) return { x: own.left, y: own.top, height: own.height };
    // An empty range has no box after a line's last character; the character before it has one.
    if (range.startContainer.nodeType !== 3 || range.startOffset === 0) return null;
    range.setStart(range.startContainer, range.startOffset - 1);
    const last = Array.from(range.getClientRects()).at(-1);
    return last ? { x: last.right, y: last.top, height: last.height } : null;
  };

  const { value } = element;
  const isField = element.tagName === "INPUT" || element.tagName === "TEXTAREA";
  const found =
    isField && value !== undefined
      ? ofField(element, value.slice(0, element.selectionEnd ?? value.length))
      : ofSelection();
  if (!found) return null;
  const { offsetLeft, offsetTop, scale } = view.visualViewport;
  const pixels = view.devicePixelRatio * scale;
  return {
    x: (left + found.x - offsetLeft) * pixels,
    y: (top + found.y - offsetTop) * pixels,
    height: found.height * pixels,
  };
}

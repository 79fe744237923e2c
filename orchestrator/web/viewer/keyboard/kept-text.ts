/**
 * What was committed last stays in the hidden field, so that the terminal's input method can convert it once
 * more (reconversion): it then composes over that text instead of behind it. Pure.
 */

/** Longer than anybody reconverts; the field does not grow beyond it. */
export const keptLimit = 200;

/** The part of the kept text that a composition has taken back; `value` is the field's, `data` the preedit. */
export function takenBack(kept: string, value: string, data: string): string {
  const prefixLength = Math.max(0, value.length - data.length);
  if (prefixLength >= kept.length) return "";
  return kept.startsWith(value.slice(0, prefixLength)) ? kept.slice(prefixLength) : "";
}

const clusters = new Intl.Segmenter("ja", { granularity: "grapheme" });
const joined = /[\u200d\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;

/** How often Backspace takes a text away: a character at a time, joined ones in one piece. */
export function backspacesFor(text: string): number {
  let count = 0;
  for (const { segment } of clusters.segment(text))
    count += joined.test(segment) ? 1 : Array.from(segment).length;
  return count;
}

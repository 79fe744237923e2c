/**
 * Text as CP932 (Windows-31J), which a Japanese Excel takes for CSV. What it has no byte for is never lost in
 * silence: it is written as 〓 with its Unicode number, such as 〓(U+20BB7). Pure; runs in browsers as well.
 * The table is made of the platform's own decoder (WHATWG Encoding, Shift_JIS).
 */

/** Written by other systems for the same signs that CP932 has under another number (Microsoft's own mapping). */
const twins: readonly (readonly [string, string])[] = [
  ["\u301C", "\uFF5E"],
  ["\u2212", "\uFF0D"],
  ["\u2016", "\u2225"],
  ["\u2014", "\u2015"],
  ["\u00A2", "\uFFE0"],
  ["\u00A3", "\uFFE1"],
  ["\u00AC", "\uFFE2"],
];

let table: ReadonlyMap<string, readonly number[]> | undefined;

/** @param insteadOf what is written for a sign that CP932 lacks */
export function encodeCp932(
  text: string,
  insteadOf: (sign: string) => string = numbered,
): Uint8Array<ArrayBuffer> {
  table ??= makeTable();
  const bytes: number[] = [];
  for (const sign of text) {
    const found = table.get(sign);
    if (found) bytes.push(...found);
    else for (const each of insteadOf(sign)) bytes.push(...(table.get(each) ?? []));
  }
  return Uint8Array.from(bytes);
}

function numbered(sign: string): string {
  const number = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `〓(U+${number})`;
}

function makeTable(): ReadonlyMap<string, readonly number[]> {
  const made = new Map<string, readonly number[]>();
  const decoder = new TextDecoder("shift_jis", { fatal: true });
  const add = (...bytes: readonly number[]): void => {
    try {
      const sign = decoder.decode(Uint8Array.from(bytes));
      // The first of several places is the one Windows writes.
      if (Array.from(sign).length === 1 && !made.has(sign)) made.set(sign, bytes);
    } catch {
      // No sign has this place.
    }
  };
  for (let byte = 0; byte <= 0xdf; byte += 1) if (byte <= 0x7f || byte >= 0xa1) add(byte);
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    // 0xED and 0xEE repeat what Windows writes as 0xFA to 0xFC; the user's own signs begin at 0xF0.
    if ((lead >= 0xa0 && lead <= 0xdf) || lead === 0xed || lead === 0xee) continue;
    if (lead >= 0xf0 && lead <= 0xf9) continue;
    for (let trail = 0x40; trail <= 0xfc; trail += 1) if (trail !== 0x7f) add(lead, trail);
  }
  for (const [sign, twin] of twins) {
    const bytes = made.get(twin);
    if (bytes && !made.has(sign)) made.set(sign, bytes);
  }
  return made;
}

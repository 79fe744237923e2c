/** Text of a list that came from somewhere: UTF-8 with or without its mark, else CP932 as Excel saves it. */
export type Encoding = "utf-8" | "cp932";

/** Undefined when it is neither. */
export function decodeText(
  bytes: Uint8Array,
): { readonly text: string; readonly encoding: Encoding } | undefined {
  for (const [encoding, label] of [
    ["utf-8", "utf-8"],
    ["cp932", "shift_jis"],
  ] as const) {
    try {
      return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return undefined;
}

let table: Map<string, readonly number[]> | undefined;

/** The platform's own decoder turned round. Characters that CP932 lacks come back in `missing`, as "?". */
export function encodeCp932(text: string): { bytes: Buffer; missing: readonly string[] } {
  table ??= makeTable();
  const out: number[] = [];
  const missing = new Set<string>();
  for (const character of text) {
    const found = table.get(character);
    if (!found) missing.add(character);
    out.push(...(found ?? [0x3f]));
  }
  return { bytes: Buffer.from(out), missing: [...missing] };
}

function makeTable(): Map<string, readonly number[]> {
  const decoder = new TextDecoder("shift_jis");
  const made = new Map<string, readonly number[]>();
  const add = (...bytes: number[]): void => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if (text.length === 1 && text !== "\ufffd" && !made.has(text)) made.set(text, bytes);
  };
  for (let byte = 0; byte < 0x80; byte++) add(byte);
  for (let byte = 0xa1; byte < 0xe0; byte++) add(byte);
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    if (lead > 0x9f && lead < 0xe0) continue;
    for (let trail = 0x40; trail <= 0xfc; trail++) add(lead, trail);
  }
  return made;
}

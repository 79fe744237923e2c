/** Text to CP932, by turning the platform's own decoder round. Pure. */
let table: Map<string, Buffer> | undefined;

function build(): Map<string, Buffer> {
  const decoder = new TextDecoder("shift_jis");
  const made = new Map<string, Buffer>();
  const add = (bytes: Buffer): void => {
    const text = decoder.decode(bytes);
    if (text.length === 1 && text !== "\ufffd" && !made.has(text)) made.set(text, bytes);
  };
  for (let byte = 0; byte < 0x80; byte += 1) add(Buffer.from([byte]));
  for (let byte = 0xa1; byte < 0xe0; byte += 1) add(Buffer.from([byte]));
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    if (lead > 0x9f && lead < 0xe0) continue;
    for (let trail = 0x40; trail <= 0xfc; trail += 1) add(Buffer.from([lead, trail]));
  }
  return made;
}

/** Throws for a character that CP932 does not have. */
export function encodeCp932(text: string): Buffer {
  table ??= build();
  const known = table;
  return Buffer.concat(
    Array.from(text, (character) => {
      const bytes = known.get(character);
      if (bytes === undefined) throw new Error(`not in CP932: ${character}`);
      return bytes;
    }),
  );
}

/**
 * Pieces of words, and whole values, that say in which blocks of records a word cannot be: pairs of letters where one is
 * outside of ASCII (a Japanese word is often two of them), else three letters and four. Pure.
 *
 * A block keeps two bits for each piece it has, out of `slots`; a word can be in it only where all bits of
 * its pieces are. Different pieces may share bits: whoever is led to a block still looks.
 */
export const slots = 65_536;

/** Calls `put` with the two slots of every piece of `text`, which is in its plain form. */
export function eachSlot(text: string, put: (slot: number) => void): void {
  // The letters before; 0 where the field begins.
  let [a, b, c] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const d = text.charCodeAt(at);
    if (d === lineFeed) {
      a = b = c = 0;
      continue;
    }
    if (c > 127 || (c !== 0 && d > 127)) putBoth(mix(0, 0, c, d), put);
    else if (b !== 0 && b < 128 && d < 128) {
      putBoth(mix(0, b, c, d), put);
      if (a !== 0 && a < 128) putBoth(mix(a, b, c, d), put);
    }
    a = b;
    b = c;
    c = d;
  }
}

/** The two slots of a whole value, such as a host. @param kind tells values of one kind from those of another */
export function valueSlots(kind: number, hash: number, put: (slot: number) => void): void {
  putBoth(mix(0, kind + 1, hash & 0xffff, (hash >>> 16) & 0xffff), put);
}

const lineFeed = 10;

function putBoth(hash: number, put: (slot: number) => void): void {
  put(hash & (slots - 1));
  put(hash >>> 16);
}

function mix(a: number, b: number, c: number, d: number): number {
  let state = Math.imul((a << 16) ^ b, 0x9e3779b1) ^ Math.imul((c << 16) ^ d, 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  state = Math.imul(state ^ (state >>> 13), 0x297a2d39);
  return (state ^ (state >>> 16)) >>> 0;
}

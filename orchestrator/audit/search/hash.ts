/** A 53-bit hash of a text in plain form; 0 is kept for the empty one. Pure. */

/** `seed` is secret to the index: without it nobody can make two texts that fall together. */
export function hashValue(text: string, seed: number): number {
  if (text === "") return 0;
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    a = Math.imul(a ^ letter, 0x9e3779b1);
    b = Math.imul(b ^ letter, 0x5f356495);
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0) || 1;
}

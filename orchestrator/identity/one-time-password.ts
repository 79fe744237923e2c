/** Makes the passwords that are handed over on paper or by telephone. */
import { randomBytes } from "node:crypto";

/** 31 characters, none of which is mistaken for another when read aloud or in a poor font (no 0 o 1 l i). */
export const oneTimeAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";

const groups = 4;
const groupLength = 5;

/**
 * Four groups of five characters. 31 characters give 4.95 bits each: 99 bits in all, so that a stolen
 * database gives nothing away even before the first sign-in.
 */
export function newOneTimePassword(): string {
  const made = Array.from({ length: groups }, () =>
    Array.from({ length: groupLength }, randomCharacter).join(""),
  );
  return made.join("-");
}

/** Draws again for bytes past the last whole multiple of the alphabet: every character is equally likely. */
function randomCharacter(): string {
  const limit = 256 - (256 % oneTimeAlphabet.length);
  for (;;) {
    const byte = randomBytes(1).readUInt8();
    if (byte < limit) return oneTimeAlphabet.charAt(byte % oneTimeAlphabet.length);
  }
}

/** Makes the secrets that people read aloud or copy by hand: one-time passwords and recovery codes. */
import { createHash, randomBytes } from "node:crypto";

/** 31 characters, none of which is mistaken for another when read aloud or in a poor font (no 0 o 1 l i). */
export const oneTimeAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";

const groupLength = 5;
export const recoveryCodeCount = 10;

/**
 * Four groups of five characters. 31 characters give 4.95 bits each: 99 bits in all, so that a stolen
 * database gives nothing away even before the first sign-in.
 */
export function newOneTimePassword(): string {
  return randomGroups(4);
}

/** Three groups, 74 bits: past guessing also for whoever holds the database with the codes' plain hashes. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: recoveryCodeCount }, () => randomGroups(3));
}

/** The same for however it was typed: case, width, hyphens and spaces do not matter. */
export function recoveryCodeHash(owner: string, untrustedCode: string): string {
  const typed = untrustedCode.normalize("NFKC").toLowerCase();
  const code = Array.from(typed)
    .filter((each) => oneTimeAlphabet.includes(each))
    .join("");
  return createHash("sha256").update(`${owner} ${code}`).digest("hex");
}

function randomGroups(count: number): string {
  const made = Array.from({ length: count }, () =>
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

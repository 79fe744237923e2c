/**
 * マイナンバー (個人番号) in text: twelve digits whose last one is the check digit of the others (総務省令第85号 第5条),
 * in full width or half width, in one piece or in equal groups, up to one digit a box as forms have them. Pure.
 */

const separators = String.raw`[ \t\u3000\-\u2010-\u2015\u2212\u30fc\uff70_.・|/]{1,3}`;
const digitRun = new RegExp(String.raw`\d+(?:${separators}\d+)*`, "g");
const separator = new RegExp(separators, "g");

/** How many there are, each place counted. */
export function countMyNumbers(text: string): number {
  let count = 0;
  for (const [run] of text.normalize("NFKC").matchAll(digitRun))
    count += inGroups(run.split(separator));
  return count;
}

/** Twelve digits in groups of one length: 12, 6+6, 4+4+4, 3+3+3+3 and so on. */
function inGroups(groups: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < groups.length; at += 1) {
    const size = groups[at]?.length ?? 0;
    const needed = 12 / size;
    if (!Number.isInteger(needed)) continue;
    const taken = groups.slice(at, at + needed);
    const fits = taken.length === needed && taken.every((group) => group.length === size);
    if (!fits || !isMyNumber(taken.join(""))) continue;
    count += 1;
    at += needed - 1;
  }
  return count;
}

/** @param digits exactly twelve */
export function isMyNumber(digits: string): boolean {
  // All zeros satisfy the sum and are nobody's.
  if (!/^\d{12}$/.test(digits) || /^0+$/.test(digits)) return false;
  let sum = 0;
  for (let n = 1; n <= 11; n += 1) sum += Number(digits[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const rest = sum % 11;
  return Number(digits[11]) === (rest <= 1 ? 0 : 11 - rest);
}

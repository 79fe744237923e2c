/** Names in CP932, as Windows writes them into archives: every character of it that a name may hold, over many names. */
import { readZipDirectory } from "../../../images/sandbox/zip/directory.ts";
import { encodeCp932 } from "../../../practice/samples/cp932.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";

const count = 200;
/** Second bytes that are a backslash, characters that Unicode maps in two ways, and those of people's names. */
const hard = "ソ表能構貼暴―～①髙﨑濵№㈱Ⅳ㎡纊ー－";
const decoder = new TextDecoder("shift_jis");

function character(index: number): string {
  const [lead, trail] = [0x88 + (index % 0x18), 0x40 + ((index * 7) % 0xbd)];
  const text = decoder.decode(Buffer.from([lead, trail]));
  return text.length === 1 && text !== "\ufffd" ? text : "本";
}

export const cp932Names = (): string[] =>
  Array.from({ length: count }, (_, index) => {
    const some = Array.from({ length: 6 }, (_each, at) => character(index * 11 + at * 5)).join("");
    return `${index}_${hard[index % hard.length] ?? ""}${some}.txt`;
  });

export const archiveOf = (names: readonly string[]): Buffer =>
  plainZip(names.map((name) => ({ name: encodeCp932(name), data: Buffer.from(name) })));

/** In percent: names of the archive that left which are those that went in. */
export function namesKept(names: readonly string[], left: Buffer): number {
  const found = new Set(readZipDirectory(left).entries.map(({ name }) => name));
  return (100 * names.filter((name) => found.has(name)).length) / names.length;
}

/**
 * Reads a big list in one pass over its bytes. Lines that are plainly canonical names (nearly all of them)
 * never become strings; all others go through the same parser as small lists.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { mayBeWide, sharedNames, widthOf } from "../compile/broad.ts";
import { isOurs, readForeignLine } from "../exchange/line-formats.ts";
import type { ListLine } from "../list-line.ts";
import { notUtf8, type Problem } from "../problem.ts";
import { maxProblems } from "../read-list.ts";
import { endOfDay } from "../time-window.ts";
import type { BuildRequest, Extra } from "./build.ts";
import { finish, type HashKey, hashKey, hashOf, stepA, stepB } from "./hash.ts";
import { dot, plainLength, star } from "./plain-line.ts";
import type { SnapshotWriter } from "./snapshot-writer.ts";

const partBytes = 4 * 1024 * 1024;
/** A line longer than this is no list entry with a comment. */
const maxLineBytes = 4096;
const maxExtras = 100_000;
const mostWide = 50;

export class ListReader {
  readonly extras: Extra[] = [];
  readonly problems: Problem[] = [];
  readonly wide: { readonly entry: string; readonly line: number }[] = [];
  readonly #shared: ReadonlySet<number>;
  readonly #request: BuildRequest;
  readonly #out: SnapshotWriter;
  readonly #key: HashKey;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  /** In a hosts file a bare name is no entry; in all others it is what it seems. */
  readonly #takesPlain: boolean;
  #line = 0;

  constructor(request: BuildRequest, out: SnapshotWriter) {
    this.#request = request;
    this.#out = out;
    const key = hashKey(request.key);
    this.#key = key;
    this.#shared = new Set(
      sharedNames.flatMap((name) => [`.${name}`, `*.${name}`]).map((name) => hashOf(name, key).a),
    );
    this.#takesPlain =
      isOurs(request.formats) ||
      request.formats.some((each) => each === "domains" || each === "squid");
  }

  readAll(): void {
    const fd = openSync(this.#request.source, "r");
    try {
      const part = Buffer.alloc(partBytes + maxLineBytes);
      let kept = 0;
      for (;;) {
        const read = readSync(fd, part, kept, partBytes, null);
        const end = kept + read;
        const last = read === 0;
        const used = this.#takeLines(part, last ? this.#withNewline(part, end) : end);
        if (last || this.problems.length >= maxProblems) return;
        kept = end - used;
        if (kept > maxLineBytes) {
          this.#line++;
          return this.#problem(0, ...tooLong);
        }
        part.copyWithin(0, used, end);
      }
    } finally {
      closeSync(fd);
    }
  }

  /** The last line may lack its newline. */
  #withNewline(part: Buffer, end: number): number {
    if (end === 0) return 0;
    part[end] = 10;
    return end + 1;
  }

  /** Returns how far it came: the start of the line that is not complete yet. */
  #takeLines(part: Buffer, end: number): number {
    let start = 0;
    while (start < end) {
      const plain = this.#takesPlain ? plainLength(part, start, end) : 0;
      if (plain > 0) {
        this.#line++;
        this.#takePlain(part, start, plain);
        start += plain + 1;
        continue;
      }
      const newline = part.indexOf(10, start);
      if (newline === -1 || newline >= end) break;
      this.#line++;
      this.#takeOther(part.subarray(start, newline));
      if (this.problems.length >= maxProblems) break;
      start = newline + 1;
    }
    return start;
  }

  #takePlain(part: Buffer, start: number, length: number): void {
    const { factorA, factorB, seedA, seedB } = this.#key;
    let a = seedA;
    let b = seedB;
    let dots = 0;
    for (let i = start + length - 1; i >= start; i--) {
      const code = part[i] ?? 0;
      if (code === dot) dots++;
      a = stepA(a, code, factorA);
      b = stepB(b, code, factorB);
    }
    const hash = finish(a);
    const first = part[start];
    const isForm = first === dot || first === star;
    if (isForm) this.#noteWide(hash, part, start, length);
    // The dot in front belongs to the form, not to the name.
    const labels = isForm ? dots : dots + 1;
    this.#out.add(hash, finish(b), part, start, length, labels, this.#line, undefined);
  }

  /** Bounded work: nearly all entries are put aside by the length of a label or by their hash. */
  #noteWide(hash: number, bytes: Buffer, start: number, length: number): void {
    if (this.wide.length >= mostWide) return;
    const label = bytes[start] === star ? start + 2 : start + 1;
    const end = start + length;
    const next = bytes.indexOf(dot, label);
    const labelLength = (next === -1 || next > end ? end : next) - label;
    const isPlain = !mayBeWide(labelLength) || isWwwBelowDomain(bytes, label, end);
    if (isPlain && !this.#shared.has(hash)) return;
    const entry = bytes.toString("latin1", start, end);
    if (widthOf(entry) !== undefined) this.wide.push({ entry, line: this.#line });
  }

  #takeOther(bytes: Buffer): void {
    const raw = this.#decode(bytes);
    if (raw === undefined) return;
    const text = raw.replace(/\r$/, "").replace(/^\ufeff/, "");
    const parsed = readForeignLine(text, this.#request.formats);
    if (parsed.kind === "problem") return this.#problem(parsed.at, parsed.ja, parsed.en);
    if (parsed.kind === "entries") for (const line of parsed.lines) this.#takeEntry(line);
  }

  #takeEntry({ entry, expires }: ListLine): void {
    const expiresAt = expires === undefined ? undefined : endOfDay(expires, this.#request.tz);
    if (/^!|\//.test(entry)) return this.#extra(entry, expiresAt);
    const { a, b } = hashOf(entry, this.#key);
    const text = Buffer.from(entry, "latin1");
    const name = entry.replace(/^\*?\./, "");
    if (name !== entry) this.#noteWide(a, text, 0, text.length);
    const labels = name.split(".").length;
    this.#out.add(a, b, text, 0, text.length, labels, this.#line, expiresAt);
  }

  #decode(bytes: Buffer): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#problem(0, ...notUtf8);
      return undefined;
    }
  }

  #extra(entry: string, expiresAt: number | undefined): void {
    if (this.extras.length >= maxExtras) return this.#problem(0, ...tooManyExtras);
    const line = this.#line;
    this.extras.push({ entry, line, ...(expiresAt !== undefined && { expiresAt }) });
  }

  #problem(at: number, ja: string, en: string): void {
    const line = Math.max(1, this.#line);
    this.problems.push({ file: this.#request.name, line, column: at + 1, ja, en });
  }
}

const tooLong = [
  "1 行が長すぎます。1 行に 1 つの項目を書いてください。",
  "A line is too long; write one entry per line.",
] as const;
const tooManyExtras = [
  `例外・範囲・URL の項目が多すぎます (上限 ${maxExtras} 件)。リストを分けてください。`,
  `There are more than ${maxExtras} exceptions, ranges and URL entries; split the list.`,
] as const;

/** "www.example.jp" is everywhere in lists and never a public suffix; "www.ro" is one. */
function isWwwBelowDomain(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < from + 3; at++) if (bytes[at] !== 119) return false;
  if (bytes[from + 3] !== dot) return false;
  const next = bytes.indexOf(dot, from + 4);
  return next !== -1 && next < end;
}

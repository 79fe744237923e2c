/**
 * One host name made ready to be looked up in many lists: the entries that would cover it, from the
 * closest to the widest, and their hashes. Made once per decision, which is why nothing here is made
 * before somebody asks for it.
 */
import { finish, type HashKey, stepA, stepB } from "./hash.ts";

const dot = 46;
const star = 42;
const colon = 58;

/** A name of 253 characters has at most 127 labels, and two candidates come with each. */
const mostCandidates = 260;

/**
 * What is known of one probe at a time: decisions are synchronous and hardly ever interleave, and a
 * probe that finds another one's facts here makes its own again.
 */
let owner = 0;
let made = 0;
/** Where in the host the parents begin, at their dots. */
const dots = new Uint16Array(mostCandidates);
const hashesA = new Uint32Array(mostCandidates);
const hashesB = new Uint32Array(mostCandidates);
let hashedWith: HashKey | undefined;

/**
 * The candidates of "a.b.jp" are "a.b.jp", ".a.b.jp", "*.b.jp", ".b.jp", "*.jp", ".jp", at 0 to 5:
 * behind the first, even places are wildcards. Those of an address are itself.
 */
export class HostProbe {
  readonly host: string;
  readonly count: number;
  readonly #number = ++made;
  readonly #labels: number;

  constructor(host: string) {
    this.host = host;
    const found = this.#own();
    this.#labels = found + 1;
    this.count = isAddress(host) ? 1 : 2 + 2 * found;
  }

  candidate(at: number): string {
    if (at < 2) return at === 0 ? this.host : `.${this.host}`;
    const parent = this.host.slice(this.#parentAt(at));
    return this.isWildcard(at) ? `*${parent}` : parent;
  }

  /** Labels of the name in the candidate; "*.b.jp" and ".b.jp" have two. */
  labels(at: number): number {
    return this.#labels - (at >> 1);
  }

  isWildcard(at: number): boolean {
    return at >= 2 && at % 2 === 0;
  }

  /** Whether `bytes`, from `from` on, are the candidate; nothing is spelt out for it. */
  equals(at: number, bytes: Uint8Array, from: number, length: number): boolean {
    const ahead = at === 0 || (at > 1 && at % 2 === 1) ? 0 : 1;
    const start = at < 2 ? 0 : this.#parentAt(at);
    if (length !== ahead + this.host.length - start) return false;
    if (ahead === 1 && bytes[from] !== (at === 1 ? dot : star)) return false;
    for (let i = ahead; i < length; i++)
      if (bytes[from + i] !== this.host.charCodeAt(start + i - ahead)) return false;
    return true;
  }

  /** All lists of an installation share one key, so this runs once per host. */
  hash(key: HashKey): void {
    if (owner === this.#number && hashedWith === key) return;
    if (owner !== this.#number) this.#own();
    this.#hashAll(key);
    hashedWith = key;
  }

  /** Only after `hash`. */
  hashA(at: number): number {
    return hashesA[at] ?? 0;
  }
  hashB(at: number): number {
    return hashesB[at] ?? 0;
  }

  #parentAt(at: number): number {
    if (owner !== this.#number) this.#own();
    return dots[(at >> 1) - 1] ?? 0;
  }

  /** Returns how many dots there are. */
  #own(): number {
    const { host } = this;
    let found = 0;
    for (let at = 0; at < host.length; at++) if (host.charCodeAt(at) === dot) dots[found++] = at;
    owner = this.#number;
    hashedWith = undefined;
    return found;
  }

  #hashAll({ seedA, seedB, factorA, factorB }: HashKey): void {
    const { host, count } = this;
    let a = seedA;
    let b = seedB;
    // From the right the widest candidates come first, so the places are filled from the end.
    let place = count;
    for (let i = host.length - 1; i >= 0; i--) {
      const code = host.charCodeAt(i);
      a = stepA(a, code, factorA);
      b = stepB(b, code, factorB);
      if (code !== dot || count === 1) continue;
      place -= 2;
      hashesA[place] = finish(stepA(a, star, factorA));
      hashesB[place] = finish(stepB(b, star, factorB));
      hashesA[place + 1] = finish(a);
      hashesB[place + 1] = finish(b);
    }
    hashesA[0] = finish(a);
    hashesB[0] = finish(b);
    hashesA[1] = finish(stepA(a, dot, factorA));
    hashesB[1] = finish(stepB(b, dot, factorB));
  }
}

/** An address has no parent domain: ".1.1" must not cover 10.0.1.1. A canonical name never ends in a digit label. */
function isAddress(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  const maybe = (last >= 48 && last <= 57) || last === colon || host.includes(":");
  return maybe && /^[\d.]+$|:/.test(host);
}

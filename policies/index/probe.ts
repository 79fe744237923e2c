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
 * probe that finds another one's facts here makes its own again. Filled from the right, as hosts are
 * read: the widest candidates come first.
 */
let owner = 0;
let made = 0;
/** Where in the host the parents begin, at their dots. */
const dots = new Uint16Array(mostCandidates / 2);
const hashesA = new Uint32Array(mostCandidates);
const hashesB = new Uint32Array(mostCandidates);
let hasColon = false;
let hashedWith: HashKey | undefined;
/** For who asks nothing of a list that brings its own. */
const anyKey: HashKey = { seedA: 0, seedB: 0, factorA: 1, factorB: 1 };

/**
 * The candidates of "a.b.jp" are "a.b.jp", ".a.b.jp", "*.b.jp", ".b.jp", "*.jp", ".jp", at 0 to 5:
 * behind the first, even places are wildcards. Those of an address are itself.
 */
export class HostProbe {
  readonly host: string;
  readonly count: number;
  readonly #number = ++made;
  readonly #dots: number;

  /** @param key what it will mostly be looked up by: then one pass over the host is enough */
  constructor(host: string, key: HashKey = anyKey) {
    this.host = host;
    this.#dots = this.#read(key);
    this.count = hasColon || isAddress(host) ? 1 : 2 + 2 * this.#dots;
  }

  candidate(at: number): string {
    if (at < 2) return at === 0 ? this.host : `.${this.host}`;
    const parent = this.host.slice(this.#parentAt(at));
    return at % 2 === 0 ? `*${parent}` : parent;
  }

  /** Labels of the name in the candidate; "*.b.jp" and ".b.jp" have two. */
  labels(at: number): number {
    return this.#dots + 1 - (at >> 1);
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

  /** All lists of an installation share one key, so this is done once per host. */
  hash(key: HashKey): void {
    if (owner !== this.#number || hashedWith !== key) this.#read(key);
  }

  /** Only after `hash`. */
  hashA(at: number): number {
    return hashesA[this.#place(at)] ?? 0;
  }
  hashB(at: number): number {
    return hashesB[this.#place(at)] ?? 0;
  }

  #place(at: number): number {
    return 2 * (this.#dots - (at >> 1)) + (at & 1);
  }

  #parentAt(at: number): number {
    if (owner !== this.#number) this.#read(anyKey);
    return dots[this.#dots - (at >> 1)] ?? 0;
  }

  /** Returns how many dots there are. */
  #read(key: HashKey): number {
    const { host } = this;
    const { seedA, seedB, factorA, factorB } = key;
    let a = seedA;
    let b = seedB;
    let found = 0;
    hasColon = false;
    for (let i = host.length - 1; i >= 0; i--) {
      const code = host.charCodeAt(i);
      a = stepA(a, code, factorA);
      b = stepB(b, code, factorB);
      if (code === colon) hasColon = true;
      if (code !== dot) continue;
      const place = 2 * found;
      dots[found++] = i;
      hashesA[place] = finish(stepA(a, star, factorA));
      hashesB[place] = finish(stepB(b, star, factorB));
      hashesA[place + 1] = finish(a);
      hashesB[place + 1] = finish(b);
    }
    hashesA[2 * found] = finish(a);
    hashesB[2 * found] = finish(b);
    hashesA[2 * found + 1] = finish(stepA(a, dot, factorA));
    hashesB[2 * found + 1] = finish(stepB(b, dot, factorB));
    owner = this.#number;
    hashedWith = key;
    return found;
  }
}

/** An address has no parent domain: ".1.1" must not cover 10.0.1.1. A canonical name never ends in a digit label. */
function isAddress(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  return last >= 48 && last <= 57 && /^[\d.]+$/.test(host);
}

/**
 * How many requests one person, or one terminal where nobody has signed in, may make: a store of them that fills up
 * again by and by. Pages need a handful at a time; a program that runs wild waits, and everybody else does not.
 * In memory, bounded. Clock injected.
 */
import { AppError } from "../base/errors.ts";
import type { Caller } from "./route.ts";

/** After a while of quiet `atOnce`, then `perSecond`. A terminal server shares its address among many people. */
export const rates = {
  person: { atOnce: 600, perSecond: 30 },
  terminal: { atOnce: 3000, perSecond: 150 },
  /** Each try is a record on the disk, whoever makes it: strangers must not fill it, nor keep it busy. */
  "sign-in": { atOnce: 100, perSecond: 2 },
} as const;
export type RateKind = keyof typeof rates;
export type Rates = Readonly<
  Record<RateKind, { readonly atOnce: number; readonly perSecond: number }>
>;
/** Past this many the one that was heard longest ago is forgotten: its store is full again. */
const mostKeys = 10_000;

interface Store {
  left: number;
  atMs: number;
}

export class RequestRate {
  readonly #stores = new Map<string, Store>();
  readonly #now: () => number;
  readonly #rates: Rates;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(now: () => number = () => performance.now(), other: Rates = rates) {
    this.#now = now;
    this.#rates = other;
  }

  /** Takes one. Throws TOO_MANY_REQUESTS when there is none left. */
  take(kind: RateKind, id: string): void {
    const { perSecond } = this.#rates[kind];
    const store = this.#filled(kind, `${kind} ${id}`);
    if (store.left < 1)
      throw new AppError("TOO_MANY_REQUESTS", {
        retryAfterSeconds: Math.ceil((1 - store.left) / perSecond),
      });
    store.left -= 1;
  }

  /**
   * Who asks, counted as that person; as the terminal where that is nobody, or what they show is wrong. Throws
   * TOO_MANY_REQUESTS, and what `callerOf` throws.
   */
  counted(terminal: string, callerOf: () => Caller | undefined): Caller | undefined {
    let caller: Caller | undefined;
    try {
      caller = callerOf();
    } finally {
      if (caller) this.take("person", caller.user.id);
      else this.take("terminal", terminal);
    }
    return caller;
  }

  #filled(kind: RateKind, key: string): Store {
    const { atOnce, perSecond } = this.#rates[kind];
    const atMs = this.#now();
    const known = this.#stores.get(key) ?? { left: atOnce, atMs };
    const left = Math.min(atOnce, known.left + ((atMs - known.atMs) / 1000) * perSecond);
    const store = { left, atMs };
    // Deleting first moves the key to the end: the map's first key was heard longest ago.
    this.#stores.delete(key);
    this.#stores.set(key, store);
    if (this.#stores.size > mostKeys) {
      const oldest = this.#stores.keys().next();
      if (oldest.done !== true) this.#stores.delete(oldest.value);
    }
    return store;
  }
}

/**
 * Which candidates of a host a small set of entries may hold: their keyed hashes in one flat table, so
 * that a host that is not among them costs no string. What may be there is looked up by its name.
 */
import { LabelMasks } from "./format.ts";
import { type HashKey, hashOf } from "./hash.ts";
import type { HostProbe } from "./probe.ts";

export class Prints {
  readonly #key: HashKey;
  /** 0 is an empty place; at most half of them are taken. */
  readonly #table: Uint32Array;
  readonly #mask: number;
  readonly masks = new LabelMasks();

  /** @param names in the forms of a probe's candidates */
  constructor(names: ReadonlySet<string>, key: HashKey) {
    this.#key = key;
    this.#table = new Uint32Array(2 ** Math.ceil(Math.log2(names.size * 2 + 2)));
    this.#mask = this.#table.length - 1;
    for (const name of names) this.#add(name);
  }

  mayHold(probe: HostProbe, at: number): boolean {
    if (!this.masks.mayHold(at, probe.labels(at))) return false;
    probe.hash(this.#key);
    const wanted = probe.hashA(at) || 1;
    const table = this.#table;
    for (let place = wanted & this.#mask; ; place = (place + 1) & this.#mask) {
      const found = table[place];
      if (found === wanted) return true;
      if (found === 0) return false;
    }
  }

  #add(name: string): void {
    this.masks.add(name);
    const print = hashOf(name, this.#key).a || 1;
    let place = print & this.#mask;
    while (this.#table[place] !== 0 && this.#table[place] !== print)
      place = (place + 1) & this.#mask;
    this.#table[place] = print;
  }
}

/**
 * Counts by 53-bit hash: a hash table over plain numbers, because a Map of as many costs ten times as long. Pure.
 */

/** Counts of one value. `sample` is a record that has it: its text says how it is written. */
export interface Counts {
  readonly records: number;
  readonly refused: number;
  readonly bytes: number;
  readonly sample: number;
}

export class CountTable {
  #used = 0;
  #keys = new Float64Array(1024);
  #records = new Float64Array(1024);
  #refused = new Float64Array(1024);
  #bytes = new Float64Array(1024);
  #samples = new Float64Array(1024);

  /** `hash` is not 0. */
  add(hash: number, sample: number, refused: boolean, bytes: number): void {
    const at = this.#place(hash);
    if (this.#keys[at] === 0) {
      this.#keys[at] = hash;
      this.#samples[at] = sample;
      this.#used += 1;
    }
    this.#records[at] = (this.#records[at] ?? 0) + 1;
    if (refused) this.#refused[at] = (this.#refused[at] ?? 0) + 1;
    if (bytes !== 0) this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes;
    if (this.#used * 2 > this.#keys.length) this.#grow();
  }

  all(): readonly Counts[] {
    const found: Counts[] = [];
    for (const [at, key] of this.#keys.entries()) {
      if (key === 0) continue;
      found.push({
        records: this.#records[at] ?? 0,
        refused: this.#refused[at] ?? 0,
        bytes: this.#bytes[at] ?? 0,
        sample: this.#samples[at] ?? 0,
      });
    }
    return found;
  }

  /** Of the hash, or the free one that it would take. */
  #place(hash: number): number {
    const mask = this.#keys.length - 1;
    let at = (hash >>> 0) & mask;
    while (this.#keys[at] !== 0 && this.#keys[at] !== hash) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const size = this.#keys.length * 2;
    const old = this.#keys;
    const columns = [this.#records, this.#refused, this.#bytes, this.#samples];
    const moved = columns.map(() => new Float64Array(size));
    this.#keys = new Float64Array(size);
    for (const [from, key] of old.entries()) {
      if (key === 0) continue;
      const to = this.#place(key);
      this.#keys[to] = key;
      for (const [column, values] of columns.entries()) {
        const target = moved[column];
        if (target) target[to] = values[from] ?? 0;
      }
    }
    const empty = new Float64Array(0);
    [this.#records = empty, this.#refused = empty, this.#bytes = empty, this.#samples = empty] =
      moved;
  }
}

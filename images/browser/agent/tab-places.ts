/** The places of tabs in the strip, from left to right, and what was closed. Pure bookkeeping by target id. */

const keptClosed = 10;

export class TabPlaces {
  #places: string[] = [];
  readonly #closed: string[] = [];

  get all(): readonly string[] {
    return this.#places;
  }

  /** Beside the tab that opened it, or at the end. */
  add(targetId: string, opener?: string): void {
    const at = opener === undefined ? -1 : this.#places.indexOf(opener);
    this.#places.splice(at === -1 ? this.#places.length : at + 1, 0, targetId);
  }

  /** To the place counted from 0; beyond the ends is the end. */
  move(targetId: string, to: number): void {
    if (!this.#places.includes(targetId)) return;
    this.#places = this.#places.filter((each) => each !== targetId);
    this.#places.splice(Math.min(to, this.#places.length), 0, targetId);
  }

  /** Forgets its place; `url` can be asked for again. */
  remove(targetId: string, url: string): void {
    this.#places = this.#places.filter((each) => each !== targetId);
    if (!/^https?:/i.test(url)) return;
    this.#closed.push(url);
    if (this.#closed.length > keptClosed) this.#closed.shift();
  }

  /** The address of the tab closed last, once. */
  takeClosed(): string | undefined {
    return this.#closed.pop();
  }
}

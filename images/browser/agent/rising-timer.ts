/** Does a piece of work again and again, at growing pauses while nothing happens: a browser at rest is left alone. */
export class RisingTimer {
  readonly #work: () => void;
  readonly #leastMs: number;
  readonly #mostMs: number;
  #pauseMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(work: () => void, leastMs: number, mostMs: number) {
    this.#work = work;
    this.#leastMs = leastMs;
    this.#mostMs = mostMs;
    this.#pauseMs = leastMs;
  }

  /** Something happened: the next time is the shortest pause away. */
  soon(): void {
    this.#pauseMs = this.#leastMs;
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#pauseMs = Math.min(this.#pauseMs * 2, this.#mostMs);
      this.#wait();
      this.#work();
    }, this.#pauseMs);
  }
}

/**
 * Does an act at once, and then at most once per pause however often it is asked for: what was asked
 * during the pause is done once at its end. One pause per key.
 */
export class Coalesce<Key> implements Disposable {
  readonly #pauseMs: number;
  readonly #act: (key: Key) => void;
  readonly #resting = new Map<Key, { timer: NodeJS.Timeout; again: boolean }>();

  constructor(pauseMs: number, act: (key: Key) => void) {
    this.#pauseMs = pauseMs;
    this.#act = act;
  }

  ask(key: Key): void {
    const resting = this.#resting.get(key);
    if (resting) {
      resting.again = true;
      return;
    }
    const timer = setTimeout(() => {
      const again = this.#resting.get(key)?.again === true;
      this.#resting.delete(key);
      if (again) this.ask(key);
    }, this.#pauseMs);
    this.#resting.set(key, { timer, again: false });
    this.#act(key);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#resting.values()) clearTimeout(timer);
    this.#resting.clear();
  }
}

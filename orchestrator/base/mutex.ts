/** Runs one critical section at a time, in order of arrival. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();

  async run<T>(section: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(section, section);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}

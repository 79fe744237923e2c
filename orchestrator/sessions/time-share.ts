/**
 * One container's share of this process's time: a tenth in the long run, with a little in advance so that
 * an honest one, which speaks in short bursts, never waits. Counts wall time, because what blocks (a record
 * on its way to the disk) keeps everybody else waiting just the same.
 */
const share = 0.1;
const advanceMs = 100;
const longestWaitMs = 2000;

export class TimeShare {
  #owedMs = 0;
  #settledAt = performance.now();

  /** Does the work at once and puts its time on the bill. */
  spend(work: () => void): void {
    const startedAt = performance.now();
    work();
    this.#owedMs += performance.now() - startedAt;
  }

  /** How long the container is not to be heard; 0 while its advance lasts. */
  get waitMs(): number {
    const now = performance.now();
    this.#owedMs = Math.max(0, this.#owedMs - (now - this.#settledAt) * share);
    this.#settledAt = now;
    return Math.min(Math.max(0, this.#owedMs - advanceMs) / share, longestWaitMs);
  }
}

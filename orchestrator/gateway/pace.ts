/**
 * How much the windows of one session may say: far more than hands and an honest page do, and little enough for a
 * program in their place to keep nobody else waiting. Counts messages, not the time they take here: on a machine that is
 * busy with others an honest viewer must not be the one who pays. Clock injected.
 */
import type { WebSocket } from "ws";

export const pace = { perSecond: 1000, atOnce: 5000 } as const;

export class Pace {
  #said = 0;
  #settledAt: number;
  readonly #now: () => number;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#settledAt = now();
  }

  /** One more message; false when that was too much. */
  heard(): boolean {
    const now = this.#now();
    this.#said = Math.max(0, this.#said - ((now - this.#settledAt) / 1000) * pace.perSecond) + 1;
    this.#settledAt = now;
    return this.#said <= pace.atOnce;
  }
}

/** Whoever floods is let go; coming back, they still owe what they said. */
export function endFlood(viewer: WebSocket, mine: Pace): void {
  viewer.on("message", () => {
    if (!mine.heard()) viewer.terminate();
  });
}

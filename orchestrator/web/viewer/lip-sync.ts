/**
 * When sound is to be heard so that it comes with its picture. Updates and packets carry moments of one clock,
 * the container's; how long the picture takes from there to the canvas is seen with each update, and sound
 * waits for as long. Where no picture says so, sound has its cushion. Pure; all times in milliseconds.
 */

/**
 * The container sends what it plays about 85 ms before it counts as heard there, in pieces of about 43 ms:
 * with this the sound comes when the picture does, where both take no time.
 */
const aheadMs = 85;
/** What comes by a line comes unevenly. */
const leastMs = 80;
/** A picture later than that is no longer waited for: words that answer nobody are worse. */
const mostMs = 450;
/** One late picture is no slow line. */
const weight = 0.2;
/** Clocks of two machines drift apart. */
const freshMs = 60_000;

export class LipSync {
  #offset: number | undefined;
  #seenAt = 0;

  /** What the container looked at then stands on the canvas now. */
  drawn(lookedAtMs: number, nowMs: number): void {
    const seen = between(nowMs, lookedAtMs);
    const known = this.#known(nowMs);
    // Small differences of numbers modulo 2^32, so that the wrap of the clock is none.
    this.#offset = known === undefined ? seen : (known + between(seen, known) * weight) | 0;
    this.#seenAt = nowMs;
  }

  /** How long from now a packet waits that the container took from the page then. */
  dueInMs(takenAtMs: number, nowMs: number): number {
    const known = this.#known(nowMs);
    if (known === undefined) return leastMs;
    const due = aheadMs - between(between(nowMs, takenAtMs), known);
    return Math.min(mostMs, Math.max(leastMs, due));
  }

  #known(nowMs: number): number | undefined {
    return nowMs - this.#seenAt > freshMs ? undefined : this.#offset;
  }
}

/** From `earlier` to `later`, on clocks of 32 bits. */
const between = (later: number, earlier: number): number =>
  (Math.trunc(later) - Math.trunc(earlier)) | 0;

/** This page's; it shows one session. */
export const lipSync = new LipSync();

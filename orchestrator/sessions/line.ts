/**
 * The line of people who wait for a browser: in order of arrival, one place each. Knows nothing of
 * containers; whoever owns it says what the house looks like. Pure but for the clock it is given.
 */
import { type Asking, type House, judge, type Verdict } from "./places.ts";
import type { WaitNotice, WaitReason } from "./types.ts";

export type Entering = Extract<Verdict, { outcome: "enter" }>;

export interface Waiter extends Asking {
  /** Lets the person in; they are out of the line by then. */
  enter(how: Entering): void;
  tell(notice: WaitNotice): void;
  /** The wait took too long. */
  giveUp(position: number): void;
}

interface Place {
  readonly waiter: Waiter;
  readonly since: number;
  told: WaitNotice | undefined;
}

export class WaitingLine {
  readonly #now: () => number;
  readonly #longestMs: number;
  readonly #places: Place[] = [];

  constructor(longestMs: number, now: () => number) {
    this.#longestMs = longestMs;
    this.#now = now;
  }

  get length(): number {
    return this.#places.length;
  }

  /** Of them, how many wait for others of their own policy rule only. */
  get overQuota(): number {
    return this.#places.filter((each) => each.told?.why === "quota").length;
  }

  get longestWaitMs(): number {
    const [first] = this.#places;
    return first === undefined ? 0 : this.#now() - first.since;
  }

  join(waiter: Waiter): void {
    this.#places.push({ waiter, since: this.#now(), told: undefined });
  }

  leave(waiter: Waiter): void {
    const at = this.#places.findIndex((each) => each.waiter === waiter);
    if (at >= 0) this.#places.splice(at, 1);
  }

  /** Lets in whoever may enter, tells the others where they stand. */
  advance(house: House): void {
    this.#giveUpLate();
    const verdicts = judge(
      this.#places.map((each) => each.waiter),
      house,
    );
    const entering = this.#places.flatMap((place, at) => {
      const verdict = verdicts[at];
      return verdict?.outcome === "enter" ? [{ place, verdict }] : [];
    });
    for (const { place } of entering) this.#places.splice(this.#places.indexOf(place), 1);
    const reasons = verdicts.flatMap((each) => (each.outcome === "wait" ? [each.why] : []));
    this.#tellPositions(reasons);
    for (const { place, verdict } of entering) place.waiter.enter(verdict);
  }

  /** People over their own quota stand in a line of that quota; everybody else in the common one. */
  #tellPositions(reasons: readonly WaitReason[]): void {
    const groupOf = (place: Place, why: WaitReason | undefined): string =>
      why === "quota" ? `quota ${place.waiter.rule}` : "common";
    const groups = this.#places.map((place, at) => groupOf(place, reasons[at]));
    const total = Map.groupBy(groups, (each) => each);
    const reached = new Map<string, number>();
    for (const [at, place] of [...this.#places].entries()) {
      const group = groups[at] ?? "common";
      const position = (reached.get(group) ?? 0) + 1;
      reached.set(group, position);
      const notice: WaitNotice = {
        why: reasons[at] ?? "full",
        position,
        waiting: total.get(group)?.length ?? 1,
      };
      if (same(place.told, notice)) continue;
      place.told = notice;
      place.waiter.tell(notice);
    }
  }

  #giveUpLate(): void {
    const now = this.#now();
    for (const place of [...this.#places]) {
      if (now - place.since < this.#longestMs) continue;
      this.leave(place.waiter);
      place.waiter.giveUp(place.told?.position ?? 1);
    }
  }
}

function same(told: WaitNotice | undefined, now: WaitNotice): boolean {
  return told?.why === now.why && told.position === now.position && told.waiting === now.waiting;
}

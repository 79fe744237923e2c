/**
 * Who of those who wait may enter now, and how: first come, first served, with three exceptions that never
 * cost anybody their turn. Pure.
 *
 * - Whoever is over the limit of their own policy rule waits for that limit only; others pass.
 * - The last places are kept for administrators. Administrators fill these first, so that the places of
 *   everybody else stay as many as configured.
 * - Whoever has a place and waits for memory or for a start keeps the place while others pass who need
 *   neither.
 */
import { type Runtime, runtimes, type WaitReason } from "./types.ts";

export interface Asking {
  readonly rule: string;
  readonly maxSessions?: number;
  readonly administrator: boolean;
  readonly runtime: Runtime;
}

export interface House {
  readonly maxTotal: number;
  readonly administratorPlaces: number;
  /** Places taken, by whom. */
  readonly ordinary: number;
  readonly administrators: number;
  readonly byRule: ReadonlyMap<string, number>;
  /** Containers that exist or are being made, pool included. */
  readonly containers: number;
  /** Unused containers that can be handed out. */
  readonly pooled: Readonly<Record<Runtime, number>>;
  /** How many more containers the memory holds. */
  readonly memoryRoom: number;
  /** How many more may be starting at the same time. */
  readonly startRoom: number;
}

export type Verdict =
  | { readonly outcome: "wait"; readonly why: WaitReason }
  | { readonly outcome: "enter"; readonly how: "pooled" | "cold" }
  /** An unused container of another runtime goes, so that this one can be made. */
  | { readonly outcome: "enter"; readonly how: "displace"; readonly runtime: Runtime };

/** One verdict for everybody in the line, in the line's order. */
export function judge(line: readonly Asking[], house: House): readonly Verdict[] {
  const rest = new Rest(house);
  return line.map((asking) => rest.judge(asking));
}

/** What is left of the house after those ahead. */
class Rest {
  readonly #house: House;
  readonly #byRule: Map<string, number>;
  readonly #pooled: Record<Runtime, number>;
  #ordinary: number;
  #administrators: number;
  #containers: number;
  #memoryRoom: number;
  #startRoom: number;

  constructor(house: House) {
    this.#house = house;
    this.#byRule = new Map(house.byRule);
    this.#pooled = { ...house.pooled };
    this.#ordinary = house.ordinary;
    this.#administrators = house.administrators;
    this.#containers = house.containers;
    this.#memoryRoom = house.memoryRoom;
    this.#startRoom = house.startRoom;
  }

  judge(asking: Asking): Verdict {
    const ofRule = this.#byRule.get(asking.rule) ?? 0;
    if (asking.maxSessions !== undefined && ofRule >= asking.maxSessions)
      return { outcome: "wait", why: "quota" };
    if (this.#placesFor(asking.administrator) <= 0) return { outcome: "wait", why: "full" };
    // From here on the place is theirs, whether they enter now or are held up by a start.
    this.#byRule.set(asking.rule, ofRule + 1);
    if (asking.administrator) this.#administrators += 1;
    else this.#ordinary += 1;
    return this.#containerFor(asking.runtime);
  }

  #placesFor(administrator: boolean): number {
    const { maxTotal, administratorPlaces } = this.#house;
    const kept = administrator
      ? this.#administrators
      : Math.max(administratorPlaces, this.#administrators);
    return maxTotal - kept - this.#ordinary;
  }

  #containerFor(runtime: Runtime): Verdict {
    if (this.#pooled[runtime] > 0) {
      this.#pooled[runtime] -= 1;
      return { outcome: "enter", how: "pooled" };
    }
    if (this.#startRoom <= 0) return { outcome: "wait", why: "starting" };
    if (this.#memoryRoom > 0 && this.#containers < this.#house.maxTotal) {
      this.#memoryRoom -= 1;
      this.#startRoom -= 1;
      this.#containers += 1;
      return { outcome: "enter", how: "cold" };
    }
    const other = runtimes.find((each) => this.#pooled[each] > 0);
    if (other === undefined) {
      // Nobody behind may take the memory that this one waits for.
      this.#memoryRoom = 0;
      return { outcome: "wait", why: "full" };
    }
    this.#pooled[other] -= 1;
    this.#startRoom -= 1;
    return { outcome: "enter", how: "displace", runtime: other };
  }
}

import { describe, expect, it } from "vitest";
import { type Entering, type Waiter, WaitingLine } from "../../../orchestrator/sessions/line.ts";
import type { House } from "../../../orchestrator/sessions/places.ts";
import type { WaitNotice } from "../../../orchestrator/sessions/types.ts";

interface Person extends Waiter {
  readonly name: string;
  readonly heard: WaitNotice[];
  entered: Entering | undefined;
  gaveUpAt: number | undefined;
}

function person(name: string, more: Partial<Waiter> = {}): Person {
  const heard: WaitNotice[] = [];
  const self: Person = {
    name,
    heard,
    entered: undefined,
    gaveUpAt: undefined,
    rule: "staff",
    administrator: false,
    runtime: "runc",
    tell: (notice) => void heard.push(notice),
    enter: (how) => (self.entered = how),
    giveUp: (position) => (self.gaveUpAt = position),
    ...more,
  };
  return self;
}

/** A house with so many places, so many of them taken. */
const house = (maxTotal: number, taken: number, byRule: Record<string, number> = {}): House => ({
  maxTotal,
  administratorPlaces: 0,
  ordinary: taken,
  administrators: 0,
  byRule: new Map(Object.entries(byRule)),
  containers: taken,
  pooled: { runc: 0, runsc: 0 },
  memoryRoom: 100,
  startRoom: 100,
});

const line = (clock = { ms: 0 }) => new WaitingLine(60_000, () => clock.ms);
const latest = (who: Person) => who.heard.at(-1);

describe("the line", () => {
  it("tells everybody the place, once, and again only when it changes", () => {
    const waiting = line();
    const [a, b] = [person("a"), person("b")];
    waiting.join(a);
    waiting.join(b);
    waiting.advance(house(1, 1));
    waiting.advance(house(1, 1));
    expect(a.heard).toEqual([{ why: "full", position: 1, waiting: 2 }]);
    expect(b.heard).toEqual([{ why: "full", position: 2, waiting: 2 }]);
    waiting.advance(house(1, 0));
    expect(a.entered).toEqual({ outcome: "enter", how: "cold" });
    expect(latest(b)).toEqual({ why: "full", position: 1, waiting: 1 });
  });

  it("moves up when somebody ahead leaves", () => {
    const waiting = line();
    const [a, b, c] = [person("a"), person("b"), person("c")];
    for (const each of [a, b, c]) waiting.join(each);
    waiting.advance(house(1, 1));
    waiting.leave(a);
    waiting.advance(house(1, 1));
    expect(latest(c)).toEqual({ why: "full", position: 2, waiting: 2 });
  });

  it("counts those over their own limit in a line of their own", () => {
    const waiting = line();
    const [over, also] = [
      person("over", { rule: "trainees", maxSessions: 1 }),
      person("also", { rule: "trainees", maxSessions: 1 }),
    ];
    const plain = person("plain");
    for (const each of [over, plain, also]) waiting.join(each);
    waiting.advance(house(3, 3, { trainees: 1 }));
    expect(latest(over)).toEqual({ why: "quota", position: 1, waiting: 2 });
    expect(latest(also)).toEqual({ why: "quota", position: 2, waiting: 2 });
    expect(latest(plain)).toEqual({ why: "full", position: 1, waiting: 1 });
    expect(waiting.overQuota).toBe(2);
  });

  it("lets a person leave while being told", () => {
    const waiting = line();
    const leaver = person("leaver", { tell: () => waiting.leave(leaver) });
    const other = person("other");
    waiting.join(leaver);
    waiting.join(other);
    waiting.advance(house(1, 1));
    waiting.advance(house(1, 1));
    expect(waiting.length).toBe(1);
    expect(latest(other)).toEqual({ why: "full", position: 1, waiting: 1 });
  });

  it("gives up after the longest wait, and says how long people have waited", () => {
    const clock = { ms: 0 };
    const waiting = line(clock);
    const a = person("a");
    waiting.join(a);
    waiting.advance(house(1, 1));
    clock.ms = 59_999;
    waiting.advance(house(1, 1));
    expect(waiting.longestWaitMs).toBe(59_999);
    clock.ms = 60_000;
    waiting.advance(house(1, 1));
    expect([a.gaveUpAt, a.entered, waiting.length]).toEqual([1, undefined, 0]);
  });

  it("starves nobody: a day of arrivals and departures serves all equals in order of arrival", () => {
    const clock = { ms: 0 };
    const waiting = new WaitingLine(Number.POSITIVE_INFINITY, () => clock.ms);
    // A linear congruential generator (Numerical Recipes' constants): the same day every time.
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const sessions: { rule: string; administrator: boolean; until: number }[] = [];
    const served: Record<string, number[]> = {};
    const total = 400;
    let arrived = 0;
    for (; arrived < total || sessions.length > 0 || waiting.length > 0; clock.ms += 1000) {
      const now = clock.ms;
      expect(now).toBeLessThan(100_000_000);
      if (arrived < total && random(3) === 0) {
        const at = arrived;
        arrived += 1;
        const kind = ["staff", "trainees", "admins"][random(3)] ?? "staff";
        const administrator = kind === "admins";
        waiting.join(
          person(kind, {
            rule: kind,
            administrator,
            ...(kind === "trainees" && { maxSessions: 2 }),
            enter: () => {
              (served[kind] ??= []).push(at);
              sessions.push({ rule: kind, administrator, until: clock.ms + 5000 + random(20_000) });
            },
          }),
        );
      }
      for (const over of sessions.filter((each) => each.until <= now))
        sessions.splice(sessions.indexOf(over), 1);
      const administrators = sessions.filter((each) => each.administrator).length;
      const trainees = sessions.filter((each) => each.rule === "trainees").length;
      waiting.advance({
        ...house(6, sessions.length - administrators, { trainees }),
        administrators,
        administratorPlaces: 1,
        containers: sessions.length,
      });
      expect(sessions.length).toBeLessThanOrEqual(6);
      expect(sessions.filter((each) => each.rule === "trainees").length).toBeLessThanOrEqual(2);
    }
    const orders = Object.values(served);
    expect(orders.flat()).toHaveLength(total);
    for (const order of orders) expect(order).toEqual([...order].sort((a, b) => a - b));
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Asking, type House, judge } from "../../../orchestrator/sessions/places.ts";
import { runtimes } from "../../../orchestrator/sessions/types.ts";

const staff: Asking = { rule: "staff", administrator: false, runtime: "runc" };
const admin: Asking = { ...staff, rule: "admins", administrator: true };
const limited: Asking = { ...staff, rule: "trainees", maxSessions: 2 };
const gvisor: Asking = { ...staff, runtime: "runsc" };

const empty: House = {
  maxTotal: 4,
  administratorPlaces: 1,
  ordinary: 0,
  administrators: 0,
  byRule: new Map(),
  containers: 0,
  pooled: { runc: 0, runsc: 0 },
  memoryRoom: 100,
  startRoom: 100,
};

const words = (line: readonly Asking[], house: Partial<House>): string[] =>
  judge(line, { ...empty, ...house }).map((each) =>
    each.outcome === "wait" ? `wait: ${each.why}` : each.how,
  );

describe("who may enter", () => {
  it.each<[string, Asking[], Partial<House>, string[]]>([
    ["everybody while there is room", [staff, staff], {}, ["cold", "cold"]],
    [
      "a waiting container is given first",
      [staff, staff],
      { pooled: { runc: 1, runsc: 0 }, containers: 1 },
      ["pooled", "cold"],
    ],
    [
      "a container of another runtime is not given",
      [gvisor],
      { pooled: { runc: 1, runsc: 0 }, containers: 1 },
      ["cold"],
    ],
    [
      "an unused one of another runtime makes room in a full house",
      [gvisor],
      { ordinary: 2, pooled: { runc: 2, runsc: 0 }, containers: 4 },
      ["displace"],
    ],
    [
      "an unused one of another runtime makes room in full memory",
      [gvisor, gvisor],
      { pooled: { runc: 1, runsc: 0 }, containers: 1, memoryRoom: 0 },
      ["displace", "wait: full"],
    ],
    [
      "the last place is kept for administrators",
      [staff, staff, admin],
      { ordinary: 2 },
      ["cold", "wait: full", "cold"],
    ],
    [
      "an administrator fills the kept place first",
      [staff, staff],
      { administrators: 1, ordinary: 2 },
      ["cold", "wait: full"],
    ],
    [
      "administrators wait, too, when nothing is left",
      [admin],
      { ordinary: 3, administrators: 1 },
      ["wait: full"],
    ],
    [
      "who is over the own limit waits for that only, others pass",
      [limited, limited, staff],
      { byRule: new Map([["trainees", 1]]) },
      ["cold", "wait: quota", "cold"],
    ],
    [
      "full memory stops everybody who needs a new container",
      [staff, staff],
      { memoryRoom: 0 },
      ["wait: full", "wait: full"],
    ],
    [
      "full memory does not stop who gets a waiting one",
      [staff, staff],
      { memoryRoom: 0, pooled: { runc: 1, runsc: 0 } },
      ["pooled", "wait: full"],
    ],
    ["only so many start at once", [staff, staff], { startRoom: 1 }, ["cold", "wait: starting"]],
    [
      "who waits for a start keeps the place",
      [gvisor, staff],
      { startRoom: 0, maxTotal: 2, pooled: { runc: 1, runsc: 0 } },
      ["wait: starting", "wait: full"],
    ],
  ])("%s", (_, line, house, verdicts) => {
    expect(words(line, house)).toEqual(verdicts);
  });

  it("never lets in more than places, limits, memory or starts allow, and never out of turn among equals", () => {
    const asking = fc.record({
      rule: fc.constantFrom("a", "b"),
      maxSessions: fc.constantFrom(1, 3, 50),
      administrator: fc.boolean(),
      runtime: fc.constantFrom(...runtimes),
    });
    const small = fc.nat(6);
    const house = fc.record({
      maxTotal: fc.integer({ min: 1, max: 12 }),
      ordinary: small,
      administrators: small,
      pooled: fc.record({ runc: small, runsc: small }),
      memoryRoom: small,
      startRoom: small,
    });
    fc.assert(
      fc.property(fc.array(asking, { maxLength: 20 }), house, (line, given) => {
        const administratorPlaces = Math.min(1, given.maxTotal - 1);
        const pooled = given.pooled.runc + given.pooled.runsc;
        const containers = given.ordinary + given.administrators + pooled;
        const verdicts = judge(line, { ...empty, ...given, administratorPlaces, containers });
        const entered = line.filter((_, at) => verdicts[at]?.outcome === "enter");
        const how = (name: string) =>
          verdicts.filter((each) => each.outcome === "enter" && each.how === name).length;
        const taken = given.ordinary + given.administrators;
        expect(entered.length).toBeLessThanOrEqual(Math.max(0, given.maxTotal - taken));
        expect(how("cold")).toBeLessThanOrEqual(given.memoryRoom);
        expect(how("cold") + how("displace")).toBeLessThanOrEqual(given.startRoom);
        expect(how("pooled") + how("displace")).toBeLessThanOrEqual(pooled);
        if (containers <= given.maxTotal)
          expect(containers + how("cold")).toBeLessThanOrEqual(given.maxTotal);
        for (const [at, one] of line.entries()) {
          if (verdicts[at]?.outcome !== "wait") continue;
          const overtaken = line.findIndex(
            (other, later) =>
              later > at &&
              JSON.stringify(other) === JSON.stringify(one) &&
              verdicts[later]?.outcome === "enter",
          );
          expect(overtaken).toBe(-1);
        }
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { Demand, wantedContainers } from "../../../orchestrator/sessions/pool-size.ts";

const minute = 60_000;

describe("the demand", () => {
  it("counts every open and forgets half of it in three minutes", () => {
    const clock = { ms: 0 };
    const demand = new Demand(() => clock.ms);
    expect(demand.value).toBe(0);
    for (let open = 0; open < 8; open += 1) demand.opened();
    expect(demand.value).toBe(8);
    clock.ms = 3 * minute;
    expect(demand.value).toBeCloseTo(4);
    demand.opened();
    expect(demand.value).toBeCloseTo(5);
    clock.ms = 60 * minute;
    expect(demand.value).toBeLessThan(0.1);
  });
});

describe("wanted containers", () => {
  const limits = { min: 1, max: 8 };
  it.each([
    ["the minimum, of the usual runtime only, at rest", 0, 0, limits, { runc: 1, runsc: 0 }],
    ["one for three recent opens", 10, 0, limits, { runc: 4, runsc: 0 }],
    ["never more than the maximum", 500, 0, limits, { runc: 8, runsc: 0 }],
    ["a share of the other runtime while it is asked for", 3, 4, limits, { runc: 1, runsc: 2 }],
    ["at most half for the other runtime", 500, 500, limits, { runc: 4, runsc: 4 }],
    ["nothing for an old demand", 0, 0.3, limits, { runc: 1, runsc: 0 }],
    ["no pool at all when it is off", 500, 500, { min: 0, max: 0 }, { runc: 0, runsc: 0 }],
    ["a minimum of none keeps none at rest", 0.1, 0, { min: 0, max: 8 }, { runc: 0, runsc: 0 }],
  ])("%s", (_, runc, runsc, given, wanted) => {
    expect(wantedContainers({ runc, runsc }, "runc", given)).toEqual(wanted);
  });

  it("keeps the minimum of runsc where that is the usual one", () => {
    expect(wantedContainers({ runc: 0, runsc: 0 }, "runsc", limits)).toEqual({ runc: 0, runsc: 1 });
  });
});

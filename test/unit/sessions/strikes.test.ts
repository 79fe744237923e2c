import { expect, it } from "vitest";
import { Strikes, strikesAllowed } from "../../../orchestrator/sessions/strikes.ts";

it("the fifth slip within a minute is one too many; slips further apart never are", () => {
  let now = 0;
  const strikes = new Strikes(() => now);
  const said = Array.from({ length: 2 * strikesAllowed }, () => {
    now += 15_000;
    return strikes.add();
  });
  expect(said).not.toContain(true);
  now += 60_000;
  expect(Array.from({ length: 5 }, () => strikes.add())).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});

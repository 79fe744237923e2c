import { expect, it } from "vitest";
import { Pace, pace } from "../../../orchestrator/gateway/pace.ts";

it.each<[string, number, number]>([
  ["a hand that moves the pointer for an hour", 250, 3600],
  ["a mouse that tells of every thousandth of a second, for a minute", 1000, 60],
])("%s is heard all the time", (_who, perSecond, seconds) => {
  let now = 0;
  const mine = new Pace(() => now);
  let refused = 0;
  for (let n = 0; n < perSecond * seconds; n += 1) {
    now += 1000 / perSecond;
    if (!mine.heard()) refused += 1;
  }
  expect(refused).toBe(0);
});

it("whoever says more at once is refused, and heard again after as long as an honest viewer would have taken", () => {
  let now = 0;
  const mine = new Pace(() => now);
  const heard = () => Array.from({ length: pace.atOnce + 1000 }, () => mine.heard());
  expect(heard().filter(Boolean)).toHaveLength(pace.atOnce);
  now += 1000;
  expect(mine.heard()).toBe(false);
  now += 1000;
  expect(mine.heard()).toBe(true);
});

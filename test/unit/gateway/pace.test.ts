import { expect, it } from "vitest";
import { Pace, pace } from "../../../orchestrator/gateway/pace.ts";

function heardAt(perSecond: number, seconds: number, bytes = 40): number {
  let now = 0;
  const mine = new Pace(() => now);
  let longest = 0;
  for (let n = 0; n < perSecond * seconds; n += 1) {
    now += 1000 / perSecond;
    longest = Math.max(longest, mine.heard(bytes));
  }
  return longest;
}

it.each<[string, number, number, number]>([
  ["a hand that moves the pointer for an hour", 250, 3600, 20],
  ["a mouse that tells of every thousandth of a second, for a minute", 950, 60, 20],
  ["a text of a hundred thousand characters, every second", 1, 60, 300_000],
])("%s is never kept waiting", (_who, perSecond, seconds, bytes) => {
  expect(heardAt(perSecond, seconds, bytes)).toBe(0);
});

it("whoever says more than that waits as long as an honest viewer would have taken for it", () => {
  let now = 0;
  const mine = new Pace(() => now);
  let wait = 0;
  for (let n = 0; n < pace.atOnce + 2 * pace.perSecond; n += 1) wait = mine.heard(0);
  expect(wait).toBeCloseTo(2000);
  now += 2000;
  expect(mine.heard(0)).toBeCloseTo(1);
  now += 60_000;
  expect(mine.heard(0)).toBe(0);
});

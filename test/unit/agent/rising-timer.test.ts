import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RisingTimer } from "../../../images/browser/agent/rising-timer.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function started(): { timer: RisingTimer; times: number[] } {
  const times: number[] = [];
  const begin = Date.now();
  const timer = new RisingTimer(() => times.push(Date.now() - begin), 1000, 8000);
  timer.soon();
  return { timer, times };
}

test("the pauses double up to the longest", () => {
  const { times } = started();
  vi.advanceTimersByTime(31_000);
  expect(times).toEqual([1000, 3000, 7000, 15_000, 23_000, 31_000]);
});

test("what happens brings the shortest pause back, and no second run of it", () => {
  const { timer, times } = started();
  vi.advanceTimersByTime(16_000);
  timer.soon();
  timer.soon();
  vi.advanceTimersByTime(3000);
  expect(times).toEqual([1000, 3000, 7000, 15_000, 17_000, 19_000]);
});

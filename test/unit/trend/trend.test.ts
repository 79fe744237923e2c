import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { createTrend, type Reading, type RunningTrend } from "../../../orchestrator/trend/trend.ts";
import type { TrendValues } from "../../../orchestrator/trend/types.ts";
import { readingOf } from "../../support/overview.ts";

const noon = Date.parse("2026-04-01T12:00:00Z");
let trend: RunningTrend;
let now = noon;
let found: Reading | Error = readingOf();
afterEach(() => trend[Symbol.asyncDispose]());

/** One look for each reading, at its second after noon. */
async function looked(...looks: readonly (readonly [seconds: number, Reading | Error])[]) {
  now = noon;
  const asked: number[][] = [];
  trend = createTrend({
    now: () => now,
    log: pino({ level: "silent" }),
    look: () => (found instanceof Error ? Promise.reject(found) : Promise.resolve(found)),
    judged: (fromMs, toMs) => {
      asked.push([fromMs - noon, toMs - noon]);
      return { released: 1, held: 0, infected: 0 };
    },
  });
  for (const [seconds, reading] of looks) {
    now = noon + seconds * 1000;
    found = reading;
    await trend.sample();
  }
  return asked;
}

const counted = (requests: number, more: Partial<Reading> = {}) =>
  readingOf({ ...more, counts: { warm: 0, cold: 0, requests, refused: 0 } });
const last = (hours: 1 | 24 = 1): TrendValues | null | undefined =>
  trend.read(hours).points.at(-1)?.values;

describe("a point of the trend", () => {
  it("has the highest of what stood, the lowest of what was free, and the sum of what was counted", async () => {
    await looked(
      [0, counted(100, { active: 3, diskFreeBytes: 7 })],
      [20, counted(130, { active: 9, diskFreeBytes: 5 })],
      [40, counted(150, { active: 4, diskFreeBytes: 6 })],
    );
    expect(last()).toMatchObject({ active: 9, diskFreeBytes: 5, requests: 50, released: 3 });
  });

  it("counts from 0 when whoever counts was started again, and not at all before the first look", async () => {
    await looked([0, counted(900)]);
    expect(last()?.requests).toBe(0);
    now += 10_000;
    found = counted(25);
    await trend.sample();
    expect(last()?.requests).toBe(25);
  });

  it("keeps the last known time to open while nobody opens", async () => {
    await looked([0, readingOf({ p50Ms: 90 })], [20, readingOf({ p50Ms: null })]);
    expect(last()?.p50Ms).toBe(90);
  });

  it("is empty where Hanare did not run, and where a look failed", async () => {
    await looked([0, readingOf()], [90, new Error("engine away")], [150, readingOf()]);
    const { points, stepSeconds } = trend.read(1);
    expect([points.length, stepSeconds]).toEqual([60, 60]);
    expect(points.slice(-3).map(({ values }) => values !== null)).toEqual([true, false, true]);
    expect(points.slice(0, -3).every(({ values }) => values === null)).toBe(true);
    expect(points.at(-1)?.at).toBe("2026-04-01T12:02:00.000Z");
  });

  it("lies in the day by the quarter of an hour, and leaves it after a day", async () => {
    await looked([0, readingOf()], [16 * 60, readingOf()]);
    expect(trend.read(24).points.filter(({ values }) => values !== null)).toHaveLength(2);
    now = noon + 25 * 3_600_000;
    await trend.sample();
    expect(trend.read(24).points.filter(({ values }) => values !== null)).toHaveLength(1);
  });

  it("counts each verdict once: every look asks from where the last one ended", async () => {
    const asked = await looked([10, readingOf()], [30, new Error("away")], [50, readingOf()]);
    expect(asked).toEqual([
      [0, 10_000],
      [10_000, 50_000],
    ]);
  });
});

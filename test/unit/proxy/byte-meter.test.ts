import { expect, it } from "vitest";
import { ByteMeter, TotalMeter } from "../../../proxy/byte-meter.ts";

const rich = 1e12;

it("lets a share pass at once and asks for patience after it, in proportion", () => {
  let now = 0;
  const total = new TotalMeter(rich, now);
  const meter = new ByteMeter({ bytesPerSecond: 1000, bytes: rich }, total, () => now);
  expect(meter.take(250)).toBe(0);
  expect(meter.take(100)).toBe(100);
  now += 100;
  expect(meter.take(0)).toBe(0);
  expect(meter.take(50_000)).toBe(30_000);
});

it("a clock that is set back gives and takes nothing", () => {
  let now = 1000;
  const meter = new ByteMeter(
    { bytesPerSecond: 1000, bytes: rich },
    new TotalMeter(rich, now),
    () => now,
  );
  meter.take(250);
  now = 0;
  expect(meter.take(100)).toBe(100);
});

it("slows whoever fills the common room, not whoever moves little", () => {
  const now = 0;
  const total = new TotalMeter(1000, now);
  const limits = { bytesPerSecond: 900, bytes: rich };
  const busy = new ByteMeter(limits, total, () => now);
  const quiet = new ByteMeter(limits, total, () => now);
  expect(busy.take(225)).toBe(0);
  expect(busy.take(700)).toBeGreaterThan(600);
  expect(quiet.take(10)).toBe(0);
});

it("is spent when more was moved than a life may", () => {
  const meter = new ByteMeter({ bytesPerSecond: rich, bytes: 100 }, new TotalMeter(rich, 0));
  meter.take(100);
  expect(meter.isSpent).toBe(false);
  meter.take(1);
  expect(meter.isSpent).toBe(true);
});

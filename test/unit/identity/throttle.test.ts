import { beforeEach, describe, expect, test } from "vitest";
import { Throttle } from "../../../orchestrator/identity/throttle.ts";

describe("a key that fails", () => {
  let now: number;
  let throttle: Throttle;
  const fail = (times: number) => {
    for (let i = 0; i < times; i += 1) throttle.fail("a");
  };
  beforeEach(() => {
    now = 1_000_000;
    throttle = new Throttle({ failuresBeforePause: 3, pauseSeconds: 60 }, () => now);
  });

  test("is heard until it has failed too often", () => {
    fail(2);
    expect(throttle.secondsLeft("a")).toBe(0);
  });

  test("is paused for the whole pause after the last failure", () => {
    fail(3);
    expect(throttle.secondsLeft("a")).toBe(60);
    now += 59_001;
    expect(throttle.secondsLeft("a")).toBe(1);
  });

  test("is heard again when the pause is over, and starts from nothing", () => {
    fail(3);
    now += 60_000;
    expect(throttle.secondsLeft("a")).toBe(0);
    fail(2);
    expect(throttle.secondsLeft("a")).toBe(0);
  });

  test("does not gather failures that lie far apart", () => {
    fail(2);
    now += 60_000;
    fail(1);
    expect(throttle.secondsLeft("a")).toBe(0);
  });

  test("pauses nobody else", () => {
    fail(3);
    expect(throttle.secondsLeft("b")).toBe(0);
  });

  test("is forgiven at once when told to forget", () => {
    fail(3);
    throttle.forget("a");
    expect(throttle.secondsLeft("a")).toBe(0);
  });

  test("stays paused while strangers type very many other names", () => {
    fail(3);
    for (let i = 0; i < 20_000; i += 1) throttle.fail(`other ${i}`);
    expect(throttle.secondsLeft("a")).toBe(60);
  });
});

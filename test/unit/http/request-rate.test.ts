import { describe, expect, it } from "vitest";
import { AppError } from "../../../orchestrator/base/errors.ts";
import { rates, RequestRate } from "../../../orchestrator/http/request-rate.ts";

const mostAtOnce = rates.person.atOnce;

/** How many of `wanted` requests are heard, and what the next one is told. */
function heard(rate: RequestRate, key: string, wanted: number): [number, unknown] {
  for (let count = 0; count < wanted; count += 1)
    try {
      rate.take("person", key);
    } catch (error) {
      return [count, error instanceof AppError ? [error.code, error.context] : error];
    }
  return [wanted, undefined];
}

describe("requests of one person", () => {
  it("are heard until its store is empty, and again as it fills", () => {
    let now = 0;
    const rate = new RequestRate(() => now);
    const refused = ["TOO_MANY_REQUESTS", { retryAfterSeconds: 1 }];
    expect(heard(rate, "a", mostAtOnce + 1)).toEqual([mostAtOnce, refused]);
    expect(heard(rate, "b", 1)).toEqual([1, undefined]);
    rate.take("terminal", "a");
    now += 1000;
    expect(heard(rate, "a", 100)).toEqual([30, refused]);
    now += 3_600_000;
    expect(heard(rate, "a", mostAtOnce + 1)).toEqual([mostAtOnce, refused]);
  });

  it("are the terminal's where it is nobody, or shows something wrong", () => {
    const rate = new RequestRate(() => 0);
    const wrong = () => {
      throw new AppError("TOKEN_INVALID");
    };
    for (let count = 0; count < rates.terminal.atOnce; count += 2) {
      expect(rate.counted("10.0.0.1", () => undefined)).toBeUndefined();
      expect(() => rate.counted("10.0.0.1", wrong)).toThrow(new AppError("TOKEN_INVALID"));
    }
    const late = new AppError("TOO_MANY_REQUESTS", { retryAfterSeconds: 1 });
    expect(() => rate.counted("10.0.0.1", wrong)).toThrow(late);
    expect(() => rate.counted("10.0.0.2", wrong)).toThrow(new AppError("TOKEN_INVALID"));
  });

  it("count no more once ten thousand others were heard since", () => {
    const rate = new RequestRate(() => 0);
    heard(rate, "a", mostAtOnce);
    for (let other = 0; other < 10_000; other += 1) rate.take("person", `other ${String(other)}`);
    expect(heard(rate, "a", 1)).toEqual([1, undefined]);
  });
});

/** Small files that become large or never end: refused, for their own reason, in a moment and in little memory. */
import { expect, test } from "vitest";
import { bombs } from "../../support/bombs.ts";
import { run } from "./run.ts";

test.each(bombs())(
  "%s",
  async (_what, name, bytes, reason) => {
    const begun = performance.now();
    const { result, output } = await run(name, bytes);
    expect([result.verdict, output]).toEqual(["blocked", undefined]);
    expect(result.reason).toMatch(reason);
    expect(performance.now() - begun).toBeLessThan(10_000);
  },
  30_000,
);

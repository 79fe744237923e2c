import { describe, expect, test } from "vitest";
import { slowMs, watchLink } from "../../../orchestrator/web/viewer/link-watch.ts";

function scene() {
  let now = 0;
  let tick = (): void => undefined;
  let asked = 0;
  const said: boolean[] = [];
  const watch = watchLink({
    ask: (n) => (asked = n),
    onSlow: (slow) => said.push(slow),
    now: () => now,
    every: (_ms, act) => {
      tick = act;
      return () => undefined;
    },
  });
  const turn = (ms: number | null): void => {
    tick();
    if (ms === null) return;
    now += ms;
    watch.answered(asked);
  };
  return { said, turn };
}

describe("a line is", () => {
  const cases: Record<string, [turns: (number | null)[], said: boolean[]]> = {
    "not slow for one slow answer": [[slowMs + 1, 10, slowMs + 1, 10], []],
    "slow after two in a row, and no longer after two quick ones": [
      [slowMs + 1, slowMs + 1, slowMs + 1, 10, 10],
      [true, false],
    ],
    "slow when an answer does not come": [[null, 10], [true]],
    "quick as long as answers are": [[10, 20, slowMs], []],
  };
  for (const [sentence, [turns, expected]] of Object.entries(cases))
    test(sentence, () => {
      const { said, turn } = scene();
      for (const ms of turns) turn(ms);
      expect(said).toEqual(expected);
    });
});

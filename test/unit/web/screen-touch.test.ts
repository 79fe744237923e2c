import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followTouch } from "../../../orchestrator/web/viewer/screen-touch.ts";

type Step =
  | readonly ["down" | "move" | "up", x: number, y: number, id?: number]
  | readonly ["rest", ms: number];

/** What comes of it: clicks with their buttons, turns of the wheel, places. */
function outcome(steps: readonly Step[]): unknown[] {
  const done: unknown[] = [];
  const touch = followTouch({
    at: ({ clientX, clientY }) => done.push(["at", clientX, clientY]),
    turn: (x, y) => done.push(["turn", x, y]),
    click: (button) => done.push(["click", button]),
  });
  for (const step of steps)
    if (step[0] === "rest") vi.advanceTimersByTime(step[1]);
    else touch[step[0]]({ pointerId: step[3] ?? 1, clientX: step[1], clientY: step[2] });
  return done;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a finger", () => {
  it.each<[string, Step[], unknown[]]>([
    [
      "that taps clicks where it came down",
      [
        ["down", 50, 60],
        ["rest", 100],
        ["move", 53, 61],
        ["up", 53, 61],
      ],
      [
        ["at", 50, 60],
        ["click", 1],
      ],
    ],
    [
      "that rests presses the right button, once",
      [
        ["down", 50, 60],
        ["rest", 600],
        ["up", 50, 60],
      ],
      [
        ["at", 50, 60],
        ["click", 4],
      ],
    ],
    [
      "that goes up turns the wheel down, and clicks nothing",
      [
        ["down", 50, 60],
        ["move", 50, 40],
        ["rest", 600],
        ["move", 50, 10],
        ["up", 50, 10],
      ],
      [
        ["at", 50, 60],
        ["turn", 0, 20],
        ["turn", 0, 30],
      ],
    ],
    [
      "that gets company does nothing",
      [
        ["down", 50, 60],
        ["down", 90, 60, 2],
        ["move", 50, 10],
        ["up", 90, 60, 2],
        ["up", 50, 10],
      ],
      [["at", 50, 60]],
    ],
  ])("%s", (_name, steps, expected) => {
    expect(outcome(steps)).toEqual(expected);
  });
});

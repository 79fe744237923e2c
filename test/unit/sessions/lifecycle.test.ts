import { describe, expect, it } from "vitest";
import { assertMayFollow, mayFollow } from "../../../orchestrator/sessions/lifecycle.ts";
import { sessionStates } from "../../../orchestrator/sessions/types.ts";

const legal = new Set([
  "creating→ready",
  "creating→closing",
  "ready→active",
  "ready→closing",
  "active→closing",
  "closing→deleted",
  "closing→stuck",
  "stuck→closing",
]);

describe("the life of a session", () => {
  for (const from of sessionStates) {
    for (const to of sessionStates) {
      const step = `${from}→${to}`;
      it(`${legal.has(step) ? "allows" : "refuses"} ${step}`, () => {
        expect(mayFollow(from, to)).toBe(legal.has(step));
      });
    }
  }

  it("names both states when it refuses", () => {
    expect(() => assertMayFollow("deleted", "active")).toThrow(
      /ILLEGAL_TRANSITION.*deleted.*active/,
    );
  });
});

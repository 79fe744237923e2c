/** What became of a file that was not inspected. Pure. */
import type { Reason } from "./reasons.ts";
import type { Verdict } from "../types.ts";

export const uninspected = (verdict: Verdict, reason: Reason) => ({
  decision: { verdict, reason },
  released: undefined,
  result: undefined,
});

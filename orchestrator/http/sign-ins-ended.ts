/** The record of sign-ins that their owner ended from another place. */
import type { CallerContext } from "./route.ts";

export function signInsEnded({ deps, caller, terminal }: CallerContext, count: number): void {
  deps.audit.write({
    action: "sign-in-end",
    outcome: "success",
    userId: caller.user.id,
    userName: caller.user.name,
    terminal,
    target: caller.user.name,
    details: { count },
  });
}

/** The record of a second factor that its owner took away. */
import type { CallerContext } from "./route.ts";

export function factorRemoved({ deps, caller, terminal }: CallerContext, kind: string): void {
  deps.audit.write({
    action: "factor-remove",
    outcome: "success",
    userId: caller.user.id,
    userName: caller.user.name,
    terminal,
    target: caller.user.name,
    details: { kind },
  });
}

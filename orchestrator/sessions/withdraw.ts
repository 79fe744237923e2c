/**
 * Ends sessions of people whom the policy in force no longer gives one: asked for after every policy load,
 * and on a timer because an entry may expire by itself. Groups are those of the claim.
 */
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { SessionStore } from "./store.ts";
import type { SessionService } from "./types.ts";

export interface WithdrawParts {
  readonly store: Pick<SessionStore, "live">;
  readonly sessions: Pick<SessionService, "end">;
  /** By the policy in force, now. */
  readonly maySession: (groups: readonly string[]) => boolean;
  readonly log: Log;
}

export interface Withdrawal extends Disposable {
  /** Resolves when everybody who must has gone. */
  look(): Promise<void>;
}

const everyMs = 30_000;

export function watchWithdrawal({ store, sessions, maySession, log }: WithdrawParts): Withdrawal {
  const look = async (): Promise<void> => {
    const gone = store
      .live()
      .filter(({ state, ownerGroups }) => state === "active" && !maySession(ownerGroups));
    await Promise.all(gone.map(({ id }) => sessions.end(id, "policy-withdrawn")));
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) =>
      log.error({ event: "policy-withdrawn", outcome: "failure", reason: describeError(error) }),
    );
  }, everyMs);
  return {
    look,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

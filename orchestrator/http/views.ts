/** From what features hold to what pages may see. Pure. */
import type { Account } from "../identity/types.ts";
import type { SessionView } from "../sessions/types.ts";
import type { Session, User } from "./contract.ts";

export function toUser(account: Account, secondFactor: boolean): User {
  const { id, name, displayName, mustChangePassword, disabled, createdAt, lastSignInAt } = account;
  return {
    ...{ id, name, displayName, mustChangePassword, disabled, createdAt, lastSignInAt },
    secondFactor,
    roles: [...account.roles],
    groups: [...account.groups],
  };
}

/** The owner's id stays inside: pages know people by name. */
export function toSession(view: SessionView): Session {
  const { id, state, ownerName, terminal, createdAt, claimedAt, expiresAt, endReason, warm } = view;
  return { id, state, ownerName, terminal, createdAt, claimedAt, expiresAt, endReason, warm };
}

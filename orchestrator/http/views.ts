/** From what features hold to what pages may see. Pure. */
import type { Account } from "../identity/types.ts";
import type { SessionView } from "../sessions/types.ts";
import type { Me, Session, User } from "./contract.ts";

export function toMe(account: Account): Me {
  const { id, name, displayName, roles, mustChangePassword } = account;
  return { id, name, displayName, roles: [...roles], mustChangePassword };
}

export function toUser(account: Account): User {
  const { groups, createdAt, lastSignInAt } = account;
  return { ...toMe(account), groups: [...groups], createdAt, lastSignInAt };
}

/** The owner's id stays inside: pages know people by name. */
export function toSession(view: SessionView): Session {
  const { id, state, ownerName, terminal, createdAt, claimedAt, expiresAt, endReason, warm } = view;
  return { id, state, ownerName, terminal, createdAt, claimedAt, expiresAt, endReason, warm };
}

/**
 * Whether an administrator may change an account so. Pure. Nobody changes their own roles: whoever should have
 * more is given it by somebody else. And there is always somebody left who can change accounts.
 */
import type { UserId } from "../base/ids.ts";
import type { Account, AccountFacts } from "./types.ts";

export type ChangeVerdict =
  | { readonly outcome: "refused"; readonly reason: "own-account" | "last-administrator" }
  | { readonly outcome: "accepted" };

/** `wanted` undefined: the account is to go. `byId` is who asks. */
export function judgeChange(
  all: readonly Account[],
  target: Account,
  wanted: AccountFacts | undefined,
  byId: UserId,
): ChangeVerdict {
  const isOwn = target.id === byId;
  if (isOwn && (wanted === undefined || wanted.disabled || !sameSet(wanted.roles, target.roles)))
    return { outcome: "refused", reason: "own-account" };
  const staysAdministrator =
    wanted !== undefined && !wanted.disabled && wanted.roles.includes("system-admin");
  const others = all.filter((account) => account.id !== target.id && isAdministrator(account));
  return isAdministrator(target) && !staysAdministrator && others.length === 0
    ? { outcome: "refused", reason: "last-administrator" }
    : { outcome: "accepted" };
}

function isAdministrator({ roles, disabled }: Account): boolean {
  return !disabled && roles.includes("system-admin");
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set([...a, ...b]).size === new Set(a).size && new Set(a).size === new Set(b).size;
}

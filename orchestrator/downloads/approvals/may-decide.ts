/**
 * Who decides about whose file: an approver of the requester's section, never the requester, and whoever an absent
 * approver named for that time. A delegation is not passed on. Pure.
 */
import type { Approval, Delegation } from "./types.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

export type Authority =
  | { readonly may: false; readonly why: "own" | "not-theirs" }
  /** `inPlaceOf` names the absent approver. */
  | { readonly may: true; readonly inPlaceOf: string | null };

export interface Rules {
  /** Groups whose approvers decide for every section. */
  readonly centralGroups: readonly string[];
}

type Asked = Pick<Approval, "requesterId" | "groups">;

export function mayDecide(
  person: Person,
  asked: Asked,
  /** Those to this person that hold now, each with the approver as they are now. */
  standIns: readonly { readonly delegation: Delegation; readonly approver: Person }[],
  rules: Rules,
): Authority {
  if (person.id === asked.requesterId) return { may: false, why: "own" };
  if (isApproverOf(person, asked, rules)) return { may: true, inPlaceOf: null };
  const stood = standIns.find(
    // Who asks cannot be stood in for: that would be deciding one's own by another hand.
    ({ approver }) => approver.id !== asked.requesterId && isApproverOf(approver, asked, rules),
  );
  return stood === undefined
    ? { may: false, why: "not-theirs" }
    : { may: true, inPlaceOf: stood.approver.name };
}

function isApproverOf({ roles, groups }: Person, asked: Asked, rules: Rules): boolean {
  if (!roles.includes("approver")) return false;
  if (groups.some((group) => rules.centralGroups.includes(group))) return true;
  // Where no sections are kept, everybody is in the same one.
  if (asked.groups.length === 0) return groups.length === 0;
  return groups.some((group) => asked.groups.includes(group));
}

/** Which audit records somebody is told of, and who. The log is where acts are known from: nothing is told that is not on record. Pure. */
import type { AuditEvent } from "../audit/events.ts";
import type { Role } from "../identity/types.ts";
import type { NewNotice } from "./types.ts";

export type Audience =
  | { readonly role: Role }
  /** An account's name. */
  | { readonly person: string }
  /** Whoever may decide about this file. */
  | { readonly approval: string };

export interface Told extends NewNotice {
  readonly to: Audience;
}

/** Actions that `fromRecord` knows: others need not be read. */
export const toldActions = [
  "request-open",
  "request-approve",
  "request-refuse",
  "request-expire",
  "approval-ask",
  "approval-approve",
  "approval-refuse",
  "approval-expire",
] as const satisfies readonly AuditEvent["action"][];

const isTold = (action: string): action is (typeof toldActions)[number] =>
  toldActions.some((each) => each === action);

const longest = 200;
const cut = (value: unknown): string => {
  const text = typeof value === "string" ? value : "";
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};

export function fromRecord({
  action,
  outcome,
  userName,
  target,
  details,
}: AuditEvent): Told | undefined {
  if (outcome !== "success" || !isTold(action)) return undefined;
  const what = cut(target);
  const decided = (kind: "approval-decided" | "request-decided", person: unknown, how: string) =>
    ({ kind, facts: { what, how }, to: { person: cut(person) } }) as const;
  switch (action) {
    case "request-open":
      return {
        kind: "request-asked",
        facts: { who: cut(userName), what },
        to: { role: "list-admin" },
      };
    case "request-approve":
      return decided("request-decided", details?.["asker"], "approved");
    case "request-refuse":
      return decided("request-decided", details?.["asker"], "refused");
    case "request-expire":
      return decided("request-decided", details?.["asker"], "expired");
    case "approval-ask": {
      const approval = cut(details?.["approval"]);
      return { kind: "approval-asked", facts: { who: cut(userName), what }, to: { approval } };
    }
    case "approval-approve":
      return decided("approval-decided", details?.["requester"], "approved");
    case "approval-refuse":
      return decided("approval-decided", details?.["requester"], "refused");
    case "approval-expire":
      return decided("approval-decided", details?.["requester"], "expired");
  }
}

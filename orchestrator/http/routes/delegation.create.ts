/** POST /api/delegations. */
import { type Delegation, newDelegation, delegation } from "../approval-contract.ts";
import { actorOf, toDelegation } from "../approval-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const delegationCreate: Route = {
  method: "POST",
  url: "/api/delegations",
  summary: "An approver names who decides while they are away",
  takes: { body: newDelegation },
  gives: delegation,
  access: "roles",
  roles: ["approver"],
  handle({ deps, request, caller, terminal }): Promise<Delegation> {
    const { name, from, until } = validate(newDelegation, request.body, "body");
    const wanted = { name, from: Date.parse(from), until: Date.parse(until) };
    return Promise.resolve(
      toDelegation(deps.approvals.delegate(actorOf(caller, terminal), wanted)),
    );
  },
};

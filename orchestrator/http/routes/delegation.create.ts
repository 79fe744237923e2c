/** POST /api/delegations: an approver names who decides while they are away. */
import { type Delegation, newDelegation } from "../approval-contract.ts";
import { actorOf, toDelegation } from "../approval-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const delegationCreate: Route = {
  method: "POST",
  url: "/api/delegations",
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

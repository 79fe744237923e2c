/** GET /api/delegations: who stands in for the caller, now and later. */
import type { Delegation } from "../approval-contract.ts";
import { toDelegation } from "../approval-views.ts";
import type { Route } from "../route.ts";

export const delegationList: Route = {
  method: "GET",
  url: "/api/delegations",
  access: "signed-in",
  handle({ deps, caller }): Promise<{ delegations: readonly Delegation[] }> {
    return Promise.resolve({
      delegations: deps.approvals.delegations(caller.user.id).map(toDelegation),
    });
  },
};

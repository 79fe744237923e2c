/** GET /api/delegations. */
import { z } from "zod";
import { type Delegation, delegation } from "../approval-contract.ts";
import { toDelegation } from "../approval-views.ts";
import type { Route } from "../route.ts";

export const delegationList: Route = {
  method: "GET",
  url: "/api/delegations",
  summary: "Who stands in for the caller, now and later",
  gives: z.strictObject({ delegations: z.array(delegation) }),
  access: "signed-in",
  handle({ deps, caller }): Promise<{ delegations: readonly Delegation[] }> {
    return Promise.resolve({
      delegations: deps.approvals.delegations(caller.user.id).map(toDelegation),
    });
  },
};

/** DELETE /api/delegations/:id. */
import { actorOf } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const delegationEnd: Route = {
  method: "DELETE",
  url: "/api/delegations/:id",
  summary: "The approver is back",
  takes: { params: idParams },
  access: "signed-in",
  handle({ deps, request, caller, terminal }): Promise<void> {
    const { id } = validate(idParams, request.params, "params");
    deps.approvals.endDelegation(actorOf(caller, terminal), id);
    return Promise.resolve();
  },
};

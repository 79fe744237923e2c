/** DELETE /api/approvals/:id: takes one's own open request back; the file goes. */
import type { MyApproval } from "../approval-contract.ts";
import { actorOf, toMyApproval } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const approvalWithdraw: Route = {
  method: "DELETE",
  url: "/api/approvals/:id",
  access: "signed-in",
  async handle({ deps, request, caller, terminal }): Promise<MyApproval> {
    const { id } = validate(idParams, request.params, "params");
    return toMyApproval(await deps.approvals.withdraw(actorOf(caller, terminal), id));
  },
};

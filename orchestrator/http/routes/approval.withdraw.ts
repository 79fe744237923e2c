/** DELETE /api/approvals/:id. */
import { type MyApproval, myApproval } from "../approval-contract.ts";
import { actorOf, toMyApproval } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const approvalWithdraw: Route = {
  method: "DELETE",
  url: "/api/approvals/:id",
  summary: "Takes one's own open request back; the file goes",
  takes: { params: idParams },
  gives: myApproval,
  access: "signed-in",
  async handle({ deps, request, caller, terminal }): Promise<MyApproval> {
    const { id } = validate(idParams, request.params, "params");
    return toMyApproval(await deps.approvals.withdraw(actorOf(caller, terminal), id));
  },
};

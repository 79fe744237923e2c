/** POST /api/approvals/:id/decide. */
import { approvalDecision, type InboxApproval, inboxApproval } from "../approval-contract.ts";
import { actorOf, toInboxApproval } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const approvalDecide: Route = {
  method: "POST",
  url: "/api/approvals/:id/decide",
  summary: "Releases the file or refuses it, with a reason, never one's own",
  takes: { params: idParams, body: approvalDecision },
  gives: inboxApproval,
  access: "signed-in",
  async handle({ deps, request, caller, terminal }): Promise<InboxApproval> {
    const { id } = validate(idParams, request.params, "params");
    const decision = validate(approvalDecision, request.body, "body");
    const decided = await deps.approvals.decide(actorOf(caller, terminal), id, decision);
    return toInboxApproval(decided);
  },
};

/** GET /api/approvals/:id: one request with what the check found, for who may decide it. Looking is on record. */
import { type ApprovalDetail, checkFacts, approvalDetail } from "../approval-contract.ts";
import { actorOf, toInboxApproval } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const approvalLook: Route = {
  method: "GET",
  url: "/api/approvals/:id",
  summary: "One request with what the check found, for who may decide it",
  takes: { params: idParams },
  gives: approvalDetail,
  access: "signed-in",
  handle({ deps, request, caller, terminal }): Promise<ApprovalDetail> {
    const { id } = validate(idParams, request.params, "params");
    const approval = deps.approvals.look(actorOf(caller, terminal), id);
    const document = deps.files.recordedManifest(approval.downloadId);
    deps.audit.write({
      action: "approval-look",
      outcome: "success",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: approval.name,
      details: { approval: approval.id, requester: approval.requesterName },
    });
    const check = document === undefined ? null : checkFacts.parse(JSON.parse(document));
    return Promise.resolve({ approval: toInboxApproval(approval), check });
  },
};

/** GET /api/approvals. */
import { type ApprovalInbox, inboxQuery, approvalInbox } from "../approval-contract.ts";
import { actorOf, toInboxApproval } from "../approval-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const approvalInboxRead: Route = {
  method: "GET",
  url: "/api/approvals",
  summary: "What the caller may decide, as approver of a section or in an absent approver's place",
  takes: { query: inboxQuery },
  gives: approvalInbox,
  access: "signed-in",
  handle({ deps, request, caller, terminal }): Promise<ApprovalInbox> {
    const { all } = validate(inboxQuery, request.query, "query");
    const inbox = deps.approvals.inbox(actorOf(caller, terminal), all !== undefined);
    return Promise.resolve({ ...inbox, approvals: inbox.approvals.map(toInboxApproval) });
  },
};

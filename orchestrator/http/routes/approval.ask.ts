/** POST /api/downloads/:id/approval, owner only. */
import { type MyApproval, newApproval, myApproval } from "../approval-contract.ts";
import { actorOf, toMyApproval } from "../approval-views.ts";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const approvalAsk: Route = {
  method: "POST",
  url: "/api/downloads/:id/approval",
  summary: "Asks a person with the right to release what nothing could clean",
  takes: { params: idParams, body: newApproval },
  gives: myApproval,
  access: "signed-in",
  async handle({ deps, request, caller, terminal }): Promise<MyApproval> {
    const view = ownDownload(deps.files, request, caller);
    const { reason } = validate(newApproval, request.body, "body");
    const actor = actorOf(caller, terminal);
    return toMyApproval(await deps.approvals.ask(actor, view.id, reason));
  },
};

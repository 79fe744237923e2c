/** POST /api/approvals/:id/link, owner only: the way on which the approved file leaves for the terminal, once. */
import { actorOf } from "../approval-views.ts";
import { type SaveLink, saveLink } from "../file-contract.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { toSaveLink } from "../to-save-link.ts";
import { validate } from "../validate.ts";

export const approvalLink: Route = {
  method: "POST",
  url: "/api/approvals/:id/link",
  summary: "A link to the approved file that opens once, within a minute",
  takes: { params: idParams },
  gives: saveLink,
  access: "signed-in",
  handle({ deps, request, caller }): Promise<SaveLink> {
    const { id } = validate(idParams, request.params, "params");
    const { approvals, saveLinks } = deps;
    approvals.assertCollectable(caller.user, id);
    const made = saveLinks.make(caller.user.id, (terminal) =>
      approvals.collect(actorOf(caller, terminal), id),
    );
    return Promise.resolve(toSaveLink(made));
  },
};

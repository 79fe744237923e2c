/** DELETE /api/requests/:id. */
import { idParams } from "../params.ts";
import { type MyRequest, myRequest } from "../request-contract.ts";
import { toMyRequest } from "../request-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const requestWithdraw: Route = {
  method: "DELETE",
  url: "/api/requests/:id",
  summary: "Takes one's own open request back",
  takes: { params: idParams },
  gives: myRequest,
  access: "signed-in",
  handle({ deps, request, caller, terminal }): Promise<MyRequest> {
    const { id } = validate(idParams, request.params, "params");
    const asker = { id: caller.user.id, name: caller.user.name, terminal };
    return Promise.resolve(toMyRequest(deps.requests.withdraw(asker, id)));
  },
};

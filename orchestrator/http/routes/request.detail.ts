/** GET /api/admin/requests/:id. */
import { idParams } from "../params.ts";
import { type RequestDetailView, requestDetail } from "../request-contract.ts";
import { toRequestDetail } from "../request-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const requestDetailRead: Route = {
  method: "GET",
  url: "/api/admin/requests/:id",
  summary: "A request, what the policy in force says of it, and what would open it",
  takes: { params: idParams },
  gives: requestDetail,
  scope: "requests:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request, caller }): Promise<RequestDetailView> {
    const { id } = validate(idParams, request.params, "params");
    return Promise.resolve(toRequestDetail(deps.requests.look(id), caller));
  },
};

/** DELETE /api/admin/tokens/:id. */
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const tokenRevoke: Route = {
  method: "DELETE",
  url: "/api/admin/tokens/:id",
  summary: "The token opens nothing any more, from this moment on",
  takes: { params: idParams },
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  handle({ deps, request, caller, terminal }): Promise<void> {
    const { id } = validate(idParams, request.params, "params");
    const { user } = caller;
    const { name } = deps.identity.tokens.revoke(id, user.name);
    deps.audit.write({
      action: "token-revoke",
      outcome: "success",
      ...{ userId: user.id, userName: user.name, terminal, target: name },
      details: { token: id },
    });
    return Promise.resolve();
  },
};

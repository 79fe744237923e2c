/** DELETE /api/factors/passkeys/:id. */
import { factorRemoved } from "../factor-removed.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const factorPasskeyRemove: Route = {
  method: "DELETE",
  url: "/api/factors/passkeys/:id",
  summary: "One of the person's own",
  takes: { params: idParams },
  access: "signed-in",
  fresh: true,
  handle(context): Promise<void> {
    const { id } = validate(idParams, context.request.params, "params");
    context.deps.identity.secondFactor.removePasskey(context.caller.user, id);
    factorRemoved(context, "passkey");
    return Promise.resolve();
  },
};

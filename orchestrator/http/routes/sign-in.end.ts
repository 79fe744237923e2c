/** DELETE /api/sign-ins/:id. */
import { AppError } from "../../base/errors.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { signInsEnded } from "../sign-ins-ended.ts";
import { validate } from "../validate.ts";

export const signInEnd: Route = {
  method: "DELETE",
  url: "/api/sign-ins/:id",
  summary: "Ends one of the person's own sign-ins in another place",
  takes: { params: idParams },
  access: "signed-in",
  handle(context): Promise<void> {
    const { deps, request, caller } = context;
    const { id } = validate(idParams, request.params, "params");
    if (!deps.identity.endSignIn(caller.user.id, id))
      throw new AppError("NOT_FOUND", { what: "sign-in" });
    signInsEnded(context, 1);
    return Promise.resolve();
  },
};

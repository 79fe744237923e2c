/** DELETE /api/factors/totp. */
import type { Route } from "../route.ts";
import { factorRemoved } from "../factor-removed.ts";

export const factorTotpRemove: Route = {
  method: "DELETE",
  url: "/api/factors/totp",
  summary: "The authenticator app is no longer asked for",
  access: "signed-in",
  fresh: true,
  handle(context): Promise<void> {
    context.deps.identity.secondFactor.removeTotp(context.caller.user);
    factorRemoved(context, "totp");
    return Promise.resolve();
  },
};

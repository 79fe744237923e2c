/** POST /api/admin/tokens. A token makes no tokens: the route has no scope. */
import { z } from "zod";
import type { Route } from "../route.ts";
import { type ApiTokenView, apiTokenView, newToken } from "../token-contract.ts";
import { toToken } from "../token-views.ts";
import { validate } from "../validate.ts";

const dayMs = 24 * 3_600_000;

export const tokenCreate: Route = {
  method: "POST",
  url: "/api/admin/tokens",
  summary: "A token for another system; `secret` is shown this once",
  takes: { body: newToken },
  gives: z.strictObject({ token: apiTokenView, secret: z.string() }),
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  handle({ deps, request, caller, terminal }): Promise<{ token: ApiTokenView; secret: string }> {
    const { name, scopes, days } = validate(newToken, request.body, "body");
    const { user } = caller;
    const expiresAt = Date.now() + days * dayMs;
    const made = deps.identity.tokens.create(
      { name, scopes: [...new Set(scopes)], expiresAt },
      user.name,
    );
    deps.audit.write({
      action: "token-create",
      outcome: "success",
      ...{ userId: user.id, userName: user.name, terminal, target: name },
      details: {
        token: made.token.id,
        scopes: made.token.scopes.join(" "),
        expires: new Date(expiresAt).toISOString(),
      },
    });
    return Promise.resolve({ token: toToken(made.token, Date.now()), secret: made.secret });
  },
};

/** GET /api/admin/tokens. */
import { z } from "zod";
import type { Route } from "../route.ts";
import { type ApiTokenView, apiTokenView } from "../token-contract.ts";
import { toToken } from "../token-views.ts";

export const tokenList: Route = {
  method: "GET",
  url: "/api/admin/tokens",
  summary: "Tokens of other systems, those that are over as well",
  gives: z.strictObject({ tokens: z.array(apiTokenView) }),
  access: "roles",
  roles: ["system-admin"],
  handle({ deps }): Promise<{ readonly tokens: readonly ApiTokenView[] }> {
    const tokens = deps.identity.tokens.list();
    return Promise.resolve({ tokens: tokens.map((token) => toToken(token, Date.now())) });
  },
};

/** From tokens to what pages may see: never their secret. Pure. */
import type { ApiToken } from "../identity/types.ts";
import type { ApiTokenView } from "./token-contract.ts";

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function toToken(token: ApiToken, nowMs: number): ApiTokenView {
  const { id, name, scopes, createdBy, usedFrom, revokedBy, revokedAt, expiresAt } = token;
  const over = expiresAt <= nowMs ? "expired" : "active";
  return {
    ...{ id, name, scopes: [...scopes], createdBy, usedFrom, revokedBy },
    createdAt: new Date(token.createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    usedAt: iso(token.usedAt),
    revokedAt: iso(revokedAt),
    state: revokedAt === null ? over : "revoked",
  };
}

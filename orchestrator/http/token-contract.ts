/**
 * The part of the contract that is about other systems: their tokens, and sanitizing files for them.
 *
 *   GET    /api/admin/tokens            → { tokens: ApiTokenView[] }       (system-admin)
 *   POST   /api/admin/tokens            NewToken → { token, secret }       (system-admin; a fresh proof)
 *   DELETE /api/admin/tokens/:id        → 204                              (system-admin; a fresh proof)
 *   POST   /api/sanitize                bytes, SanitizeQuery → SanitizeAnswer (token with "sanitize")
 *   GET    /api/sanitize/:id/content    → bytes, attachment                (the same token; once)
 *   GET    /api/openapi.json            → the document of this API         (no cookie needed)
 */
import { z } from "zod";
import { verdicts } from "../downloads/types.ts";
import { apiScopes } from "../identity/types.ts";

export const longestTokenDays = 730;

export const newToken = z.strictObject({
  /** Of the system that gets it. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  scopes: z.array(z.enum(apiScopes)).min(1).max(apiScopes.length),
  days: z.int().min(1).max(longestTokenDays),
});
export type NewToken = z.infer<typeof newToken>;

export const apiTokenView = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(apiScopes)),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string(),
  usedAt: z.string().nullable(),
  usedFrom: z.string().nullable(),
  revokedAt: z.string().nullable(),
  revokedBy: z.string().nullable(),
  state: z.enum(["active", "expired", "revoked"]),
});
export type ApiTokenView = z.infer<typeof apiTokenView>;

export const sanitizeQuery = z.strictObject({
  /** Of the file, with its extension; UTF-8, percent-encoded. */
  name: z.string().min(1).max(255),
  profile: z.enum(["sanitize", "image_pdf", "text"]).default("sanitize"),
});

export const sanitizeAnswer = z.strictObject({
  id: z.string(),
  verdict: z.enum(verdicts),
  reason: z.string(),
  messageJa: z.string(),
  messageEn: z.string(),
  /** What may go on, at /api/sanitize/{id}/content, once and until then; null: nothing may. */
  output: z
    .strictObject({
      name: z.string(),
      sizeBytes: z.int(),
      sha256: z.string(),
      until: z.string(),
    })
    .nullable(),
  /** 無害化証跡; null where nothing was inspected. */
  manifest: z.looseObject({}).nullable(),
});
export type SanitizeAnswer = z.infer<typeof sanitizeAnswer>;

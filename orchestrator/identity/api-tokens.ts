/**
 * Tokens of other systems (a mail gateway, monitoring): what each may do, until when, and who gave it. The database
 * holds the SHA-256 of a 256-bit random secret, so that a stolen database opens nothing; the token itself is shown
 * once. A token that is revoked stays in the list, so that records of what it did can be read.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import { newTokenId, type TokenId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";
import { type ApiScope, apiScopes, type ApiToken, type NewApiToken } from "./types.ts";

export const tokenSteps = [
  `CREATE TABLE api_tokens (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     scopes TEXT NOT NULL,
     hash BLOB NOT NULL,
     created_ms INTEGER NOT NULL, created_by TEXT NOT NULL,
     expires_ms INTEGER NOT NULL,
     used_ms INTEGER, used_from TEXT,
     revoked_ms INTEGER, revoked_by TEXT
   ) STRICT`,
];

const row = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.string(),
    hash: z.instanceof(Uint8Array),
    created_ms: z.int(),
    created_by: z.string(),
    expires_ms: z.int(),
    used_ms: z.int().nullable(),
    used_from: z.string().nullable(),
    revoked_ms: z.int().nullable(),
    revoked_by: z.string().nullable(),
  })
  .transform((each) => ({
    hash: each.hash,
    token: {
      id: each.id as TokenId,
      name: each.name,
      // A scope that is gone opens nothing.
      scopes: z
        .array(z.string())
        .parse(JSON.parse(each.scopes))
        .filter((scope): scope is ApiScope => (apiScopes as readonly string[]).includes(scope)),
      createdAt: each.created_ms,
      createdBy: each.created_by,
      expiresAt: each.expires_ms,
      usedAt: each.used_ms,
      usedFrom: each.used_from,
      revokedAt: each.revoked_ms,
      revokedBy: each.revoked_by,
    } satisfies ApiToken,
  }));

const shape = /^hanare_(t[a-z2-9]{20})_([A-Za-z0-9_-]{43})$/;
/** How exact "last used" is: every request would be a write otherwise. */
const usedEveryMs = 60_000;
/** Revoked and expired ones are forgotten after so long. */
const keptMs = 400 * 24 * 3_600_000;
const mostTokens = 200;

const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

export class ApiTokens {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  constructor(database: DatabaseSync, now: () => number) {
    migrate(database, "api-tokens", tokenSteps);
    this.#database = database;
    this.#now = now;
  }

  /** `secret` is the whole token, for the one time it is shown. Throws TOKEN_LIMIT. */
  create(
    { name, scopes, expiresAt }: NewApiToken,
    by: string,
  ): { token: ApiToken; secret: string } {
    this.#database
      .prepare("DELETE FROM api_tokens WHERE min(expires_ms, ifnull(revoked_ms, expires_ms)) < ?")
      .run(this.#now() - keptMs);
    if (this.list().length >= mostTokens) throw new AppError("TOKEN_LIMIT", { most: mostTokens });
    const id = newTokenId();
    const random = randomBytes(32).toString("base64url");
    this.#database
      .prepare(
        `INSERT INTO api_tokens (id, name, scopes, hash, created_ms, created_by, expires_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(id, name, JSON.stringify(scopes), hashOf(random), this.#now(), by, expiresAt);
    return { token: this.#get(id).token, secret: `hanare_${id}_${random}` };
  }

  /** Newest first, those that are over as well. */
  list(): readonly ApiToken[] {
    return this.#database
      .prepare("SELECT * FROM api_tokens ORDER BY created_ms DESC, id")
      .all()
      .map((each) => row.parse(each).token);
  }

  /** Throws NOT_FOUND, also when it is revoked already. */
  revoke(untrustedId: string, by: string): ApiToken {
    const done = this.#database
      .prepare(
        "UPDATE api_tokens SET revoked_ms = ?, revoked_by = ? WHERE id = ? AND revoked_ms IS NULL",
      )
      .run(this.#now(), by, untrustedId);
    if (done.changes !== 1) throw new AppError("NOT_FOUND", { what: "token" });
    return this.#get(untrustedId).token;
  }

  /** Undefined for whatever is no living token. */
  authenticate(untrustedToken: string, terminal: string): ApiToken | undefined {
    const [, id = "", random = ""] = shape.exec(untrustedToken) ?? [];
    const found = this.#database.prepare("SELECT * FROM api_tokens WHERE id = ?").get(id);
    if (found === undefined) return undefined;
    const { hash, token } = row.parse(found);
    const nowMs = this.#now();
    const alive = token.revokedAt === null && token.expiresAt > nowMs;
    if (!timingSafeEqual(hash, hashOf(random)) || !alive) return undefined;
    if ((token.usedAt ?? 0) < nowMs - usedEveryMs || token.usedFrom !== terminal)
      this.#database
        .prepare("UPDATE api_tokens SET used_ms = ?, used_from = ? WHERE id = ?")
        .run(nowMs, terminal, id);
    return token;
  }

  #get(id: string) {
    return row.parse(this.#database.prepare("SELECT * FROM api_tokens WHERE id = ?").get(id));
  }
}

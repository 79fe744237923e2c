/** Branded identifiers and how new ones are made. Pure but for the random source. */
import { randomBytes } from "node:crypto";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type SessionId = Branded<"SessionId">;
export type UserId = Branded<"UserId">;
export type DownloadId = Branded<"DownloadId">;
export type RequestId = Branded<"RequestId">;
export type TokenId = Branded<"TokenId">;
export type ApprovalId = Branded<"ApprovalId">;
export type InstallationId = Branded<"InstallationId">;

/** 96 random bits, base32-like lower case: unguessable, safe in paths, labels and URLs. */
function randomId(prefix: string): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  let text = "";
  for (const byte of randomBytes(20)) text += alphabet[byte & 31] ?? "a";
  return `${prefix}${text}`;
}

export const newSessionId = (): SessionId => randomId("s") as SessionId;
export const newUserId = (): UserId => randomId("u") as UserId;
export const newDownloadId = (): DownloadId => randomId("d") as DownloadId;
export const newRequestId = (): RequestId => randomId("r") as RequestId;
export const newApprovalId = (): ApprovalId => randomId("a") as ApprovalId;
export const newTokenId = (): TokenId => randomId("t") as TokenId;
export const newInstallationId = (): InstallationId => randomId("i").slice(0, 9) as InstallationId;

const idPattern = /^[asudrit][a-z2-9]{8,20}$/;

/** True when `text` has the shape of one of our ids; says nothing about existence. */
export function looksLikeId(text: string): boolean {
  return idPattern.test(text);
}

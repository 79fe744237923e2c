/** What other features see of people: roles, accounts and a verified caller. Shapes only. */
import type { TokenId, UserId } from "../base/ids.ts";

export const roles = ["user", "approver", "list-admin", "auditor", "system-admin"] as const;
export type Role = (typeof roles)[number];

/**
 * How far a sign-in has come, in this order: the password was right and a second factor is awaited; a new
 * password must be set; a second factor must be set up; signed in.
 */
export const stages = ["second-factor", "password", "enrol", "full"] as const;
export type Stage = (typeof stages)[number];

/** What somebody can prove a second time with. */
export const proofs = ["totp", "passkey", "recovery"] as const;
export type Proof = (typeof proofs)[number];

export interface Account {
  readonly id: UserId;
  /** Normalised by names.ts; unique. */
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly mustChangePassword: boolean;
  /** Cannot sign in; what they did stays on record under their name. */
  readonly disabled: boolean;
  readonly createdAt: string;
  readonly lastSignInAt: string | null;
}

/** A person whose cookie named a valid ticket. `ticketId` is the ticket's hash, never the secret itself. */
export interface Authenticated {
  readonly user: Account;
  readonly ticketId: string;
  readonly stage: Stage;
  /** They proved who they are so recently that acts which cannot be undone are taken from them. */
  readonly fresh: boolean;
}

export interface NewAccount {
  readonly name: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
}

/** What an administrator can change of an account. */
export interface AccountFacts {
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

/** An account together with the password to hand over once; it must be changed at the first sign-in. */
export interface HandedOver {
  readonly user: Account;
  readonly oneTimePassword: string;
}

/** What a token of another system can be given; what a person does for themselves is in none of them. */
export const apiScopes = [
  "sanitize",
  "files:read",
  "audit:read",
  "requests:read",
  "requests:write",
  "policy:read",
  "policy:write",
  "sessions:read",
  "sessions:write",
  "users:read",
  "users:write",
  "system:read",
  "system:write",
] as const;
export type ApiScope = (typeof apiScopes)[number];

/** Times are milliseconds since the epoch. */
export interface ApiToken {
  readonly id: TokenId;
  /** Of the system that has it. */
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly usedAt: number | null;
  readonly usedFrom: string | null;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
}

export type NewApiToken = Pick<ApiToken, "expiresAt" | "name" | "scopes">;

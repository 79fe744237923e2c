/** Which new passwords are refused, and why. Pure. */
import { normaliseName } from "./names.ts";

export const minimumPasswordLength = 12;

export type PasswordRefusal =
  | "too-short"
  | "is-user-name"
  | "is-old-password"
  | "one-character-only";

export type PasswordJudgement =
  | { readonly outcome: "refused"; readonly reason: PasswordRefusal }
  | { readonly outcome: "accepted" };

/** `isOld` is the answer of the hash comparison with the password in force. Length counts characters, not code units. */
export function judgePassword(next: string, userName: string, isOld: boolean): PasswordJudgement {
  const characters = Array.from(next.normalize("NFC"));
  if (characters.length < minimumPasswordLength) return { outcome: "refused", reason: "too-short" };
  if (normaliseName(next) === normaliseName(userName))
    return { outcome: "refused", reason: "is-user-name" };
  if (isOld) return { outcome: "refused", reason: "is-old-password" };
  if (new Set(characters).size === 1) return { outcome: "refused", reason: "one-character-only" };
  return { outcome: "accepted" };
}

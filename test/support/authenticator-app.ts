/** What an authenticator app does with the secret it was shown. */
import { totpCode } from "../../orchestrator/identity/totp.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function appCode(secret: string, nowMs: number): string {
  const bits = Array.from(secret)
    .map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0"))
    .join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2));
  return totpCode(Buffer.from(bytes), Math.floor(nowMs / 30_000));
}

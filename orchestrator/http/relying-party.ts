/**
 * The name that passkeys of this page are bound to: the portal's own, as the browser addressed it. Whoever
 * forwards requests under another name gains nothing: a browser signs for the name it shows. Pure.
 */
import { isIP } from "node:net";
import { AppError } from "../base/errors.ts";
import type { RelyingParty } from "../identity/passkeys.ts";

/** Throws PASSKEY_NEEDS_NAME for addresses (WebAuthn Level 3 §5.1.3 step 8: a valid domain only). */
export function relyingParty(untrustedHost: string | undefined): RelyingParty {
  const url = `https://${untrustedHost ?? ""}`;
  if (!URL.canParse(url)) throw new AppError("BAD_REQUEST", { where: "host" });
  const { hostname, origin } = new URL(url);
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) throw new AppError("PASSKEY_NEEDS_NAME");
  return { id: hostname, origin };
}

/** For looking up what somebody could prove with: never throws, an address has no passkeys. */
export function hostNameOf(untrustedHost: string | undefined): string {
  const url = `https://${untrustedHost ?? ""}`;
  return URL.canParse(url) ? new URL(url).hostname : "";
}

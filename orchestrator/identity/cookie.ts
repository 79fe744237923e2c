/**
 * The two cookies, how they are read and written: the sign-in, and the browser as one that has signed in
 * before. Pure. The `__Host-` prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis
 * §4.1.3.2), so that no other host can plant one.
 */
import { deviceDays } from "./devices.ts";

export const cookieName = "__Host-hanare";
export const deviceCookieName = "__Host-hanare-device";

const attributes = "Path=/; Secure; HttpOnly; SameSite=Strict";

/**
 * The token in a Cookie header, if there is exactly one. Two cookies of one name mean that somebody else
 * set one of them; neither is believed. No Max-Age is ever sent with the sign-in: closing the browser
 * forgets the cookie, and the ticket's own expiry is the server's.
 */
export function readCookie(
  untrustedHeader: string | undefined,
  name = cookieName,
): string | undefined {
  if (untrustedHeader === undefined || untrustedHeader.length > 8192) return undefined;
  const values = untrustedHeader
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 && values[0] !== "" ? values[0] : undefined;
}

export function cookieFor(token: string): string {
  return `${cookieName}=${token}; ${attributes}`;
}

export function deviceCookieFor(token: string): string {
  return `${deviceCookieName}=${token}; ${attributes}; Max-Age=${deviceDays * 86_400}`;
}

export function clearedCookie(): string {
  return `${cookieName}=; ${attributes}; Max-Age=0`;
}

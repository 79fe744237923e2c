/**
 * What a terminal gets for a plain HTTP request that the policy sends to the isolated browser: a
 * navigation is led to the portal with its address signed, everything else is refused in one line. Pure.
 *
 * Browsers send Sec-Fetch headers to https only, so over plain HTTP a navigation is known by what it
 * accepts; where the headers are there (inside a minted connection) they decide.
 */
import type { Answer } from "../context.ts";
import { valuesOf } from "../hop-by-hop.ts";
import { signLink } from "./address-link.ts";

export interface Redirecting {
  readonly portal: string;
  readonly linkKey: Buffer;
}

/** Nothing of it may be kept, and nothing of the portal's address learns where the person came from. */
export const plainHeaders: readonly string[] = [
  "Content-Type",
  "text/plain; charset=utf-8",
  "Cache-Control",
  "no-store",
  "Referrer-Policy",
  "no-referrer",
  "X-Content-Type-Options",
  "nosniff",
];

/** A page in the making: top level, and asked for without a body that a redirect would lose or repeat. */
export function isNavigation(method: string, rawHeaders: readonly string[]): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const [mode] = valuesOf(rawHeaders, "sec-fetch-mode");
  const [destination] = valuesOf(rawHeaders, "sec-fetch-dest");
  if (mode !== undefined || destination !== undefined) {
    return mode === "navigate" && destination === "document";
  }
  return valuesOf(rawHeaders, "accept").some((value) => /(?:^|,)\s*text\/html\b/i.test(value));
}

/** 303: whatever was asked with, the portal is asked with GET. Undefined when the address fits no link. */
export function redirectAnswer(
  to: Redirecting,
  link: { readonly url: string; readonly terminal: string },
  now: number,
): Answer | undefined {
  const path = signLink(to.linkKey, link, now);
  if (path === undefined) return undefined;
  const location = `${to.portal}${path}`;
  const body = Buffer.from("分離ブラウザで開きます。 / Opening in the isolated browser.\n");
  return { status: 303, headers: ["Location", location, ...plainHeaders], body };
}

/** For scripts, pictures, updaters: short, and no page that nobody would see. */
export function refusedAnswer(rule: string): Answer {
  const body = Buffer.from(
    `この通信は端末から直接は許可されていません。 / Not allowed directly from this terminal. (${rule.replace(/[^\w.-]/g, "?")})\n`,
  );
  return { status: 403, headers: plainHeaders, body };
}

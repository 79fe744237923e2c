/**
 * The signed link that carries an address from the terminal plane to the portal: which address, for which
 * terminal, until when. A page on the terminal cannot make one, so it cannot have addresses opened without
 * a click. Pure. A replay within its time opens the same page again, for the same terminal: harmless.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Long enough to sign in on the way. */
export const linkValidMs = 5 * 60_000;
/** Of the address itself; its encoding may be three times as long and still fits the portal's limits. */
export const maxUrlLength = 4096;

export interface AddressLink {
  readonly url: string;
  /** The terminal's address, as proxy and portal both see it. */
  readonly terminal: string;
}

export type LinkVerdict =
  | { readonly ok: false; readonly reason: "malformed" | "expired" | "signature" }
  | { readonly ok: true; readonly url: string };

/** Path and query of the portal's entry. Undefined for what is no web address or too long for a link. */
export function signLink(key: Buffer, link: AddressLink, now: number): string | undefined {
  if (!isWebAddress(link.url)) return undefined;
  const until = Math.floor((now + linkValidMs) / 1000);
  const query = new URLSearchParams({
    url: link.url,
    until: String(until),
    sig: mac(key, link, until).toString("base64url"),
  });
  return `/go?${query.toString()}`;
}

export function verifyLink(
  key: Buffer,
  untrusted: { readonly url: string; readonly until: string; readonly sig: string },
  terminal: string,
  now: number,
): LinkVerdict {
  const { url, until, sig } = untrusted;
  if (!isWebAddress(url) || !/^\d{1,12}$/.test(until) || !/^[\w-]{43}$/.test(sig)) {
    return { ok: false, reason: "malformed" };
  }
  const given = Buffer.from(sig, "base64url");
  // Another terminal's link fails here as well: the terminal is part of what is signed.
  if (!timingSafeEqual(given, mac(key, { url, terminal }, Number(until)))) {
    return { ok: false, reason: "signature" };
  }
  const leftMs = Number(until) * 1000 - now;
  // More than any link has: the clock was set back, and this one would live on.
  const isNow = leftMs >= 0 && leftMs <= linkValidMs;
  return isNow ? { ok: true, url } : { ok: false, reason: "expired" };
}

export function isWebAddress(url: string): boolean {
  return url.length <= maxUrlLength && /^https?:\/\/[\x21-\x7e]+$/i.test(url) && URL.canParse(url);
}

function mac(key: Buffer, { url, terminal }: AddressLink, until: number): Buffer {
  // Lengths keep the fields apart: no two links have the same text.
  const text = `hanare-go-1\n${terminal.length}\n${terminal}\n${until}\n${url}`;
  return createHmac("sha256", key).update(text).digest();
}

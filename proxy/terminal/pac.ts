/**
 * The proxy auto-configuration that terminals fetch: as small as it can be and always the same, because
 * browsers keep it for hours. What is allowed is the proxy's to decide; here stands only what never goes
 * to the proxy at all. Pure. ASCII, in the language that WinHTTP's script engine of 2001 still reads.
 */
import { createHash } from "node:crypto";

export interface PacSettings {
  /** "name:port" of one or more proxies; the first that answers is used. */
  readonly proxies: readonly string[];
  /** Names that terminals reach by themselves: "portal.example.lg.jp", or ".lgwan.jp" with all below it. */
  readonly directHosts: readonly string[];
}

export interface Pac {
  readonly text: string;
  /** Strong, quoted, as it stands in the header. */
  readonly etag: string;
}

/** Shared by browsers and WinHTTP; charset stated because Chromium otherwise assumes ISO-8859-1. */
export const pacContentType = "application/x-ns-proxy-autoconfig; charset=us-ascii";
export const pacMaxAgeSeconds = 600;

export function makePac(settings: PacSettings): Pac {
  const text = pacText(settings);
  if (/[^\x0a\x20-\x7e]/.test(text)) throw new RangeError("a PAC file is ASCII");
  const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  return { text, etag };
}

/**
 * Never "; DIRECT" at the end: a proxy that is away must not open a way around it. No dnsResolve, isInNet
 * or myIpAddress: they make terminals resolve outside names, and answer wrongly on machines with two networks.
 */
function pacText({ proxies, directHosts }: PacSettings): string {
  const names = directHosts.map((host) => host.toLowerCase().replace(/\.$/, ""));
  const exact = names.map((host) => host.replace(/^\./, ""));
  const below = names.filter((host) => host.startsWith("."));
  return `function FindProxyForURL(url, host) {
  var h = host.toLowerCase().replace(/^\\[|\\]$/g, "").replace(/\\.$/, "");
  var exact = ${JSON.stringify(exact)}, below = ${JSON.stringify(below)}, i;
  if (h.indexOf(".") < 0 && h.indexOf(":") < 0 && !/^(0x|[0-9])[0-9a-f]*$/.test(h)) return "DIRECT";
  if (/^(10|127|192\\.168|169\\.254|172\\.(1[6-9]|2[0-9]|3[01]))(\\.[0-9]{1,3})+$/.test(h) &&
      h.split(".").length == 4) return "DIRECT";
  if (h == "::1" || /^fe[89ab][0-9a-f]:/.test(h) || /^f[cd][0-9a-f]{2}:/.test(h)) return "DIRECT";
  for (i = 0; i < exact.length; i++) if (h == exact[i]) return "DIRECT";
  for (i = 0; i < below.length; i++) {
    if (h.length > below[i].length && h.substring(h.length - below[i].length) == below[i]) return "DIRECT";
  }
  return "${proxies.map((proxy) => `PROXY ${proxy}`).join("; ")}";
}
`;
}

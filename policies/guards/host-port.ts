/**
 * The only way a host name enters: from a request target, a Host header, an SNI, a list or a rule.
 * What comes out is canonical (lower case, no trailing dot, A-labels), so that two spellings of one
 * host can never be judged differently. Pure. Resolves nothing and knows no policy.
 */
import { domainToASCII, domainToUnicode } from "node:url";
import ipaddr from "ipaddr.js";

export const hostRefusals = [
  "bad-brackets",
  "bad-character",
  "bad-label",
  "empty-host",
  "host-too-long",
  "ip-encoding",
  "ip-literal",
  "localhost",
  "non-ascii",
  "percent-encoding",
  "port-invalid",
  "port-missing",
  "punycode-invalid",
  "single-label",
  "userinfo",
] as const;
export type HostRefusal = (typeof hostRefusals)[number];

export interface HostRules {
  readonly ipLiterals: "deny" | "allow";
  readonly singleLabel: "deny" | "allow";
}

export interface Host {
  readonly kind: "name" | "ipv4" | "ipv6";
  /** Canonical text; an IPv6 address stands without brackets. */
  readonly host: string;
}

interface Refused {
  readonly ok: false;
  readonly reason: HostRefusal;
}
export type HostResult = (Host & { readonly ok: true }) | Refused;
export type AuthorityResult = (Host & { readonly ok: true; readonly port: number }) | Refused;

const refuse = (reason: HostRefusal): Refused => ({ ok: false, reason });

/** `host:port`; without a default the port must be written out. */
export function parseAuthority(
  untrusted: string,
  rules: HostRules,
  defaultPort?: number,
): AuthorityResult {
  if (untrusted.includes("@")) return refuse("userinfo");
  const split = splitPort(untrusted);
  if (split === undefined) return refuse("bad-brackets");
  const host = parseHost(split.host, rules);
  if (!host.ok) return host;
  if (split.port === undefined) {
    return defaultPort === undefined ? refuse("port-missing") : { ...host, port: defaultPort };
  }
  // "0443" is the same port to some and another to others, so only one spelling is taken.
  if (!/^[1-9]\d{0,4}$/.test(split.port)) return refuse("port-invalid");
  const port = Number(split.port);
  return port <= 65535 ? { ...host, port } : refuse("port-invalid");
}

function splitPort(text: string): { host: string; port: string | undefined } | undefined {
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end === -1) return undefined;
    const rest = text.slice(end + 1);
    if (rest !== "" && !rest.startsWith(":")) return undefined;
    return { host: text.slice(0, end + 1), port: rest === "" ? undefined : rest.slice(1) };
  }
  const colon = text.lastIndexOf(":");
  if (colon === -1) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

/** A host without a port; IPv6 only in brackets. */
export function parseHost(untrusted: string, rules: HostRules): HostResult {
  if (untrusted === "") return refuse("empty-host");
  if (untrusted.length > 255) return refuse("host-too-long");
  if (/[^\x00-\x7f]/.test(untrusted)) return refuse("non-ascii");
  if (untrusted.includes("%")) return refuse("percent-encoding");
  if (untrusted.includes("@")) return refuse("userinfo");
  if (/[[\]:]/.test(untrusted)) return parseBracketed(untrusted, rules);
  return parseName(untrusted.toLowerCase(), rules);
}

function parseBracketed(text: string, rules: HostRules): HostResult {
  const inner = /^\[([0-9a-fA-F:.]+)\]$/.exec(text)?.[1];
  if (inner === undefined || !ipaddr.IPv6.isValid(inner)) return refuse("bad-brackets");
  if (rules.ipLiterals === "deny") return refuse("ip-literal");
  return { ok: true, kind: "ipv6", host: ipaddr.IPv6.parse(inner).toString() };
}

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const dottedQuad = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function parseName(lower: string, rules: HostRules): HostResult {
  // One trailing dot is the same name in DNS; a second one is not a name at all.
  const name = lower.endsWith(".") ? lower.slice(0, -1) : lower;
  if (name === "") return refuse("empty-host");
  if (name.length > 253) return refuse("host-too-long");
  if (/[^a-z0-9._-]/.test(name)) return refuse("bad-character");
  const labels = name.split(".");
  if (!labels.every((part) => label.test(part))) return refuse("bad-label");
  const last = labels.at(-1) ?? "";
  // getaddrinfo and browsers read 0177.0.0.1, 127.1, 0x7f.1 and 2130706433 as addresses.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(last)) return parseDottedQuad(name, rules);
  if (last === "localhost") return refuse("localhost");
  if (labels.length === 1 && rules.singleLabel === "deny") return refuse("single-label");
  if (last.includes("_")) return refuse("bad-label");
  if (!labels.every(isALabel)) return refuse("punycode-invalid");
  return { ok: true, kind: "name", host: name };
}

/** What begins like an A-label must be one: decodable, and the only way to write what it decodes to. */
function isALabel(part: string): boolean {
  if (!part.startsWith("xn--")) return true;
  // node:url hands back what it cannot decode unchanged.
  const unicode = domainToUnicode(part);
  return unicode !== part && domainToASCII(unicode) === part;
}

function parseDottedQuad(name: string, rules: HostRules): HostResult {
  if (!dottedQuad.test(name)) return refuse("ip-encoding");
  if (rules.ipLiterals === "deny") return refuse("ip-literal");
  return { ok: true, kind: "ipv4", host: name };
}

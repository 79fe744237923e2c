/**
 * What of a message's headers is meant for the next hop only, and what a forwarded request or response
 * carries instead. Pure; works on flat arrays [name, value, name, value, …] as node:http hands them over,
 * so that order and repetition survive and nothing is merged behind our back.
 */
import { validateHeaderName, validateHeaderValue } from "node:http";

const hopByHop = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Built anew from the target and the body, never copied. */
const rebuilt = new Set(["content-length", "expect", "host", "via"]);

/** A `Connection: cookie` must not make us lose what the other end relies on. */
const keptThoughListed = new Set([
  "authorization",
  "cache-control",
  "content-encoding",
  "content-security-policy",
  "content-type",
  "cookie",
  "origin",
  "referer",
  "set-cookie",
  "strict-transport-security",
  "x-content-type-options",
  "x-frame-options",
]);

export function* pairs(raw: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    yield [raw[index] ?? "", raw[index + 1] ?? ""];
  }
}

export function valuesOf(raw: readonly string[], name: string): string[] {
  return [...pairs(raw)].filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** Comma-separated tokens of all fields of that name, lower case; empty elements included. */
export function tokensOf(raw: readonly string[], name: string): string[] {
  return valuesOf(raw, name).flatMap((value) =>
    value.split(",").map((token) => token.trim().toLowerCase()),
  );
}

/** End-to-end headers: what may be copied to the other side. */
export function endToEnd(raw: readonly string[], direction: "request" | "response"): string[] {
  const listed = new Set(tokensOf(raw, "connection").filter((name) => !keptThoughListed.has(name)));
  const kept: string[] = [];
  for (const [name, value] of pairs(raw)) {
    const key = name.toLowerCase();
    if (hopByHop.has(key) || rebuilt.has(key) || listed.has(key)) continue;
    if (key.startsWith("proxy-")) continue;
    if (direction === "request" && isForwarding(key)) continue;
    if (isValid(name, value)) kept.push(name, value);
  }
  return kept;
}

/** Claims about who asks: only a proxy that the origin trusts may make them. */
function isForwarding(key: string): boolean {
  return key.startsWith("x-forwarded-") || key === "forwarded" || key === "x-real-ip";
}

function isValid(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Our own Via token behind those that were there. */
export function viaWith(raw: readonly string[], token: string): string {
  return [...valuesOf(raw, "via"), token].join(", ");
}

/**
 * What of a message's headers is meant for the next hop only, and what a forwarded request or response
 * carries instead. Pure; works on flat arrays [name, value, name, value, …] as node:http hands them over,
 * so that order and repetition survive and nothing is merged behind our back.
 */
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

export function valuesOf(raw: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const key = raw[index] ?? "";
    if (key.length === name.length && key.toLowerCase() === name) values.push(raw[index + 1] ?? "");
  }
  return values;
}

/** Comma-separated tokens of all fields of that name, lower case; empty elements included. */
export function tokensOf(raw: readonly string[], name: string): string[] {
  return valuesOf(raw, name).flatMap((value) =>
    value.split(",").map((token) => token.trim().toLowerCase()),
  );
}

/** The sender of these headers will not use the connection again. */
export function asksToClose(rawHeaders: readonly string[]): boolean {
  return (
    tokensOf(rawHeaders, "connection").includes("close") ||
    tokensOf(rawHeaders, "proxy-connection").includes("close")
  );
}

/**
 * End-to-end headers: what may be copied to the other side.
 *
 * @param kept what they are added to
 */
export function endToEnd(
  raw: readonly string[],
  direction: "request" | "response",
  kept: string[] = [],
): string[] {
  const listed = tokensOf(raw, "connection").filter((name) => !keptThoughListed.has(name));
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const value = raw[index + 1] ?? "";
    const key = name.toLowerCase();
    if (hopByHop.has(key) || rebuilt.has(key) || listed.includes(key)) continue;
    if (key.startsWith("proxy-")) continue;
    if (direction === "request" && isForwarding(key)) continue;
    if (validName.test(name) && !invalidValue.test(value)) kept.push(name, value);
  }
  return kept;
}

/** RFC 9110 5.1 and 5.5. What our own parser read fits already; other callers hand over what node:http read. */
const validName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/;

/** Claims about who asks: only a proxy that the origin trusts may make them. */
function isForwarding(key: string): boolean {
  return key.startsWith("x-forwarded-") || key === "forwarded" || key === "x-real-ip";
}

/** Our own Via token behind those that were there. */
export function viaWith(raw: readonly string[], token: string): string {
  return [...valuesOf(raw, "via"), token].join(", ");
}

/**
 * Everything about a request's head that must hold before anybody looks at policy: size, framing, Host
 * and target. Pure. The grammar of lines was checked when the head was parsed (http1/head.ts); here stands
 * what is well written and still means trouble (two Host fields, `Transfer-Encoding: ,chunked`, TE on
 * HTTP/1.0, targets with userinfo or without a port, other schemes).
 */
import { type Host, type HostRules, parseAuthority } from "../policies/guards/host-port.ts";
import { tokensOf, valuesOf } from "./hop-by-hop.ts";
import { isChunked, isLength } from "./http1/framing.ts";
import type { ProxyLimits } from "./limits.ts";
import { type Refusal, refuse } from "./refusal.ts";

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
}

export type Checked<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly refusal: Refusal };

export type HttpTarget = Host & { readonly port: number; readonly path: string };

const methods = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

const no = (refusal: Refusal) => ({ ok: false, refusal }) as const;
const parse = (reason: string, status?: number) => no(refuse("guard.parse", reason, status));

/** Absolute-form requests. */
export function checkHttp(
  head: RequestHead,
  rules: HostRules,
  limits: ProxyLimits,
  via: string,
): Checked<HttpTarget> {
  const fault = checkHead(head, limits, via);
  if (fault) return no(fault);
  if (!methods.has(head.method)) return parse("method", 405);
  const match = /^http:\/\/([^/?#]*)((?:[/?].*)?)$/i.exec(head.target);
  if (!match) return parse("target-form");
  const authority = parseAuthority(match[1] ?? "", rules, 80);
  if (!authority.ok) return no(refuse("guard.host", authority.reason));
  const path = pathOf(match[2] ?? "", head.method);
  if (path === undefined) return parse("target-form");
  const mismatch = checkHost(head, match[1] ?? "", authority, rules, 80);
  if (mismatch) return no(mismatch);
  const { kind, host, port } = authority;
  return { ok: true, kind, host, port, path };
}

function pathOf(rest: string, method: string): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(rest) || rest.includes("#")) return undefined;
  if (rest === "") return method === "OPTIONS" ? "*" : "/";
  return rest.startsWith("?") ? `/${rest}` : rest;
}

/** For records: queries carry what people typed. */
export function withoutQuery(path: string): string {
  const query = path.indexOf("?");
  return query === -1 ? path : path.slice(0, query);
}

/** CONNECT: host and port, nothing else, and no body. */
export function checkConnect(
  head: RequestHead,
  rules: HostRules,
  limits: ProxyLimits,
  via: string,
): Checked<Host & { readonly port: number }> {
  const fault = checkHead(head, limits, via);
  if (fault) return no(fault);
  if (hasBody(head)) return parse("connect-with-body");
  if (/[/?#]/.test(head.target)) return parse("target-form");
  const authority = parseAuthority(head.target, rules);
  if (!authority.ok) {
    const isForm = authority.reason === "port-missing" || authority.reason === "port-invalid";
    return isForm ? parse(authority.reason) : no(refuse("guard.host", authority.reason));
  }
  const mismatch = checkHost(head, head.target, authority, rules, authority.port);
  return mismatch ? no(mismatch) : authority;
}

/** A request inside a plain tunnel: origin-form, for the tunnel's own host. */
export function checkInside(
  head: RequestHead,
  tunnel: Host & { readonly port: number },
  rules: HostRules,
  limits: ProxyLimits,
  via: string,
): Checked<HttpTarget> {
  const fault = checkHead(head, limits, via);
  if (fault) return no(fault);
  const path = head.target.startsWith("/") ? pathOf(head.target, head.method) : undefined;
  if (path === undefined) return parse("target-form");
  const mismatch = checkHost(head, undefined, tunnel, rules, 80);
  return mismatch ? no(mismatch) : { ok: true, ...tunnel, path };
}

function checkHead(head: RequestHead, limits: ProxyLimits, via: string): Refusal | undefined {
  const { rawHeaders } = head;
  if (rawHeaders.length / 2 > limits.headerFields) {
    return refuse("guard.limit", "header-fields", 431);
  }
  let bytes = head.method.length + head.target.length;
  for (const text of rawHeaders) bytes += text.length + 2;
  if (bytes > limits.headerBytes) return refuse("guard.limit", "header-bytes", 431);
  if (tokensOf(rawHeaders, "via").some((token) => token.split(/\s+/)[1] === via)) {
    return refuse("guard.parse", "loop", 508);
  }
  return checkFraming(head);
}

function checkFraming(head: RequestHead): Refusal | undefined {
  const encodings = valuesOf(head.rawHeaders, "transfer-encoding");
  const lengths = valuesOf(head.rawHeaders, "content-length");
  if (lengths.length > 1) return refuse("guard.parse", "content-length-repeated");
  if (!lengths.every(isLength)) {
    return refuse("guard.parse", "content-length-invalid");
  }
  if (encodings.length === 0) return undefined;
  if (lengths.length > 0) return refuse("guard.parse", "length-and-encoding");
  if (head.httpVersion !== "1.1") return refuse("guard.parse", "encoding-on-http-1-0");
  return isChunked(encodings) ? undefined : refuse("guard.parse", "transfer-encoding");
}

export function hasBody(head: RequestHead): boolean {
  return (
    valuesOf(head.rawHeaders, "transfer-encoding").length > 0 ||
    valuesOf(head.rawHeaders, "content-length").some((length) => length !== "0")
  );
}

/**
 * The target decides; a Host that says something else is an attack or a bug, and refused either way.
 *
 * @param written the target's authority as it stands in the request; the same text means the same
 */
function checkHost(
  head: RequestHead,
  written: string | undefined,
  target: Host & { readonly port: number },
  rules: HostRules,
  defaultPort: number,
): Refusal | undefined {
  const hosts = valuesOf(head.rawHeaders, "host");
  if (hosts.length > 1) return refuse("guard.parse", "host-repeated");
  const [host] = hosts;
  if (host === undefined) {
    return head.httpVersion === "1.0" ? undefined : refuse("guard.parse", "host-missing");
  }
  if (host === written) return undefined;
  const parsed = parseAuthority(host, rules, defaultPort);
  if (!parsed.ok) return refuse("guard.host", parsed.reason);
  return parsed.host === target.host && parsed.port === target.port
    ? undefined
    : refuse("guard.parse", "host-mismatch");
}

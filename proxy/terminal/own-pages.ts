/**
 * What the terminal plane's port answers for itself: `/proxy.pac`, and for our extension `/verdict`, which
 * says where an address that the proxy refused should go. Everything else is not found.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type HostRules, parseAuthority } from "../../policies/guards/host-port.ts";
import { decide } from "../../policies/match.ts";
import type { ProxyContext } from "../context.ts";
import { headOf } from "../request-guard.ts";
import { isWebAddress, signLink } from "./address-link.ts";
import { type Pac, pacContentType, pacMaxAgeSeconds } from "./pac.ts";
import type { Redirecting } from "./redirect.ts";
import type { Terminal } from "./terminals.ts";

/** A page cannot send this without being asked first whether it may, and it is never told yes. */
export const extensionHeader = "x-hanare-extension";

export interface OwnPagesOptions {
  readonly context: ProxyContext;
  readonly pac: Pac;
  readonly redirecting: Redirecting;
}

export function ownPages(options: OwnPagesOptions) {
  return (request: IncomingMessage, response: ServerResponse, terminal: Terminal): void => {
    request.resume();
    const { method, target } = headOf(request);
    const url = new URL(target, "http://proxy.invalid");
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (!terminal.rate.take(performance.now())) return end(response, 429);
    if (method !== "GET" && method !== "HEAD") return end(response, 405);
    if (url.pathname === "/proxy.pac") return sendPac(request, response, options.pac);
    if (url.pathname === "/verdict") return sendVerdict(request, response, terminal, options, url);
    end(response, 404);
  };
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { "Content-Length": "0", "Cache-Control": "no-store" });
  response.end();
}

function sendPac(request: IncomingMessage, response: ServerResponse, pac: Pac): void {
  const headers = { ETag: pac.etag, "Cache-Control": `public, max-age=${pacMaxAgeSeconds}` };
  const known = request.headers["if-none-match"]?.split(",").map((tag) => tag.trim()) ?? [];
  if (known.includes(pac.etag)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const length = String(Buffer.byteLength(pac.text));
  response.writeHead(200, { ...headers, "Content-Type": pacContentType, "Content-Length": length });
  response.end(request.method === "HEAD" ? undefined : pac.text);
}

function sendVerdict(
  request: IncomingMessage,
  response: ServerResponse,
  terminal: Terminal,
  { context, redirecting }: OwnPagesOptions,
  asked: URL,
): void {
  const snapshot = context.snapshot();
  const address = asked.searchParams.get("url") ?? "";
  if (request.headers[extensionHeader] === undefined || !isWebAddress(address)) {
    return end(response, 403);
  }
  if (!snapshot || !terminal.person) return end(response, 503);
  const { prepared } = snapshot;
  const target = targetOf(address, prepared.policy.guards);
  const verdict = target
    ? decide(prepared, {
        plane: context.plane,
        ...terminal.person,
        host: target.host,
        port: target.port,
        via: target.via,
        at: Date.now(),
      }).verdict
    : "block";
  const path =
    verdict === "isolate"
      ? signLink(redirecting.linkKey, { url: address, terminal: terminal.id }, Date.now())
      : undefined;
  const answer = {
    verdict,
    ...(path !== undefined && { location: `${redirecting.portal}${path}` }),
  };
  const body = Buffer.from(JSON.stringify(answer));
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Content-Length": String(body.length),
    "Cache-Control": "no-store",
  });
  response.end(body);
}

function targetOf(
  address: string,
  rules: HostRules,
): { host: string; port: number; via: "connect" | "http" } | undefined {
  const { protocol, host } = new URL(address);
  const isSecure = protocol === "https:";
  const authority = parseAuthority(host, rules, isSecure ? 443 : 80);
  if (!authority.ok) return undefined;
  return { host: authority.host, port: authority.port, via: isSecure ? "connect" : "http" };
}

/**
 * What the terminal plane's port answers for itself: `/proxy.pac`, and for our extension `/verdict`, which
 * says where an address that the proxy refused should go. Everything else is not found.
 */
import { type HostRules, parseAuthority } from "../../policies/guards/host-port.ts";
import { decide } from "../../policies/match.ts";
import type { Answer, ProxyContext } from "../context.ts";
import { valuesOf } from "../hop-by-hop.ts";
import type { RequestHead } from "../request-guard.ts";
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
  /** Names by which terminals know this proxy, as they stand in Host. */
  readonly hosts: ReadonlySet<string>;
}

/** @param proxies "name:port" */
export function hostsOf(proxies: readonly string[]): ReadonlySet<string> {
  // Browsers leave the port out where it is the scheme's own.
  return new Set(proxies.map((proxy) => proxy.toLowerCase().replace(/:80$/, "")));
}

const empty = Buffer.alloc(0);
const always = ["X-Content-Type-Options", "nosniff"];

export function ownPages(options: OwnPagesOptions) {
  return (head: RequestHead, terminal: Terminal): Answer => {
    const { method, target } = head;
    // What stands behind a "/" is ours alone, whatever host it names.
    if (!terminal.rate.take(performance.now())) return bare(429);
    if (method !== "GET" && method !== "HEAD") return bare(405);
    const url = URL.parse(`http://proxy.invalid${target}`);
    if (url?.pathname === "/proxy.pac") return pacAnswer(head, options.pac);
    if (url?.pathname === "/verdict") return verdictAnswer(head, terminal, options, url);
    return bare(404);
  };
}

function bare(status: number): Answer {
  return { status, headers: [...always, "Cache-Control", "no-store"], body: empty };
}

function pacAnswer(head: RequestHead, pac: Pac): Answer {
  const headers = [...always, "ETag", pac.etag];
  headers.push("Cache-Control", `public, max-age=${pacMaxAgeSeconds}`);
  const known = valuesOf(head.rawHeaders, "if-none-match").flatMap((tags) =>
    tags.split(",").map((tag) => tag.trim()),
  );
  if (known.includes(pac.etag)) return { status: 304, headers, body: empty };
  headers.push("Content-Type", pacContentType);
  return { status: 200, headers, body: Buffer.from(pac.text) };
}

function verdictAnswer(
  head: RequestHead,
  terminal: Terminal,
  { context, redirecting, hosts }: OwnPagesOptions,
  asked: URL,
): Answer {
  const snapshot = context.snapshot();
  const address = asked.searchParams.get("url") ?? "";
  // A page whose own name was made to lead here may send our header, but under that name.
  const [host = "", ...more] = valuesOf(head.rawHeaders, "host");
  const isNamed = more.length === 0 && hosts.has(host.toLowerCase());
  const isOurs = valuesOf(head.rawHeaders, extensionHeader).length > 0;
  if (!isNamed || !isOurs || !isWebAddress(address)) return bare(403);
  if (!snapshot || !terminal.person) return bare(503);
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
  const headers = [...always, "Content-Type", "application/json", "Cache-Control", "no-store"];
  return { status: 200, headers, body: Buffer.from(JSON.stringify(answer)) };
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

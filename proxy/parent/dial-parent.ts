/**
 * Opens a connection to a parent proxy: TCP, then TLS where the policy says so, checked against the site's
 * authority and the parent's name. A parent that cannot be had is a failure with its own reason; nothing
 * here ever goes past it.
 */
import type { Socket } from "node:net";
import { isIP } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { dial, type ParentRoute } from "../dial.ts";

export type ParentFailure =
  /** Its answer to a CONNECT cannot be read, or it hung up instead. */
  | "parent-answer"
  /** It wants a login, or another one than ours. */
  | "parent-auth"
  | "parent-certificate"
  /** It answered a CONNECT with a refusal of its own. */
  | "parent-refused"
  | "parent-timeout"
  | "parent-tls"
  | "parent-unreachable";

export type ParentDialled =
  | { readonly ok: true; readonly socket: Socket; readonly address: string }
  | { readonly ok: false; readonly reason: ParentFailure | "client-closed" };

/** @param limitMs for TCP and TLS together */
export async function dialParent(
  route: ParentRoute,
  limitMs: number,
  signal: AbortSignal,
): Promise<ParentDialled> {
  const startedAt = performance.now();
  const { parent, addresses } = route;
  const dialled = await dial({ kind: "addresses", addresses }, parent.port, limitMs, signal);
  if (!dialled.ok) return { ok: false, reason: reasonOfDial[dialled.reason] };
  if (!parent.tls) return dialled;
  const leftMs = Math.max(1, limitMs - (performance.now() - startedAt));
  const secured = await secure(route, dialled.socket, leftMs, signal);
  return secured.ok ? { ...secured, address: dialled.address } : secured;
}

const reasonOfDial = {
  "client-closed": "client-closed",
  "dial-failed": "parent-unreachable",
  "dial-timeout": "parent-timeout",
} as const;

type Secured =
  | { readonly ok: true; readonly socket: Socket }
  | { readonly ok: false; readonly reason: ParentFailure | "client-closed" };

function secure(
  { parent }: ParentRoute,
  socket: Socket,
  limitMs: number,
  signal: AbortSignal,
): Promise<Secured> {
  const { promise, resolve } = Promise.withResolvers<Secured>();
  const secured = tlsConnect({
    socket,
    host: parent.host,
    // RFC 6066 knows no addresses as names; `host` is what an address is compared with.
    ...(isIP(parent.host) === 0 && { servername: parent.host }),
    ...(parent.tls?.ca !== undefined && { ca: parent.tls.ca }),
    ALPNProtocols: ["http/1.1"],
    minVersion: "TLSv1.2",
  });
  const settle = (result: Secured) => {
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
    if (!result.ok) secured.destroy();
    resolve(result);
  };
  const onAbort = () => settle({ ok: false, reason: "client-closed" });
  const limit = setTimeout(() => settle({ ok: false, reason: "parent-timeout" }), limitMs);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  secured.once("secureConnect", () => settle({ ok: true, socket: secured }));
  secured.on("error", (error: Error & { readonly code?: string }) =>
    settle({ ok: false, reason: isAboutCertificate(error) ? "parent-certificate" : "parent-tls" }),
  );
  secured.once("close", () => settle({ ok: false, reason: "parent-tls" }));
  return promise;
}

/** OpenSSL's names for what can be wrong with a chain, and Node's for a name that does not fit. */
const certificateCodes =
  /^(?:CERT_|CRL_|UNABLE_TO_|ERROR_IN_CERT|SELF_SIGNED|DEPTH_ZERO|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH|ERR_TLS_CERT)/;

function isAboutCertificate({ code }: { readonly code?: string }): boolean {
  return code !== undefined && certificateCodes.test(code);
}

/**
 * Opens the connection to an address that was tested. Never takes a name: the value that was classified
 * is the value that is dialled. Several addresses are tried in order, the next one starting after a
 * quarter of a second or at once when one fails (a plain form of RFC 8305).
 */
import { connect, isIP, type OnReadOpts, type Socket } from "node:net";
import type { Parent } from "./parent/parents.ts";

type DirectRoute =
  | { readonly kind: "internal"; readonly socketPath: string }
  | { readonly kind: "addresses"; readonly addresses: readonly string[] };

/** Through a parent proxy; the addresses are the parent's own. */
export interface ParentRoute {
  readonly kind: "parent";
  readonly parent: Parent;
  readonly addresses: readonly string[];
}

export type Route = DirectRoute | ParentRoute;

export type DialResult =
  | { readonly ok: true; readonly socket: Socket; readonly address: string }
  | { readonly ok: false; readonly reason: "dial-failed" | "dial-timeout" | "client-closed" };

const staggerMs = 250;
const maxAttempts = 4;

/**
 * @param reader makes what takes the bytes of one connection past the stream's own buffers; the one that
 * wins is in the result
 */
export function dial(
  route: DirectRoute,
  port: number,
  limitMs: number,
  signal: AbortSignal,
  reader?: () => OnReadOpts,
): Promise<DialResult> {
  const { promise, resolve } = Promise.withResolvers<DialResult>();
  const waiting =
    route.kind === "internal" ? [route.socketPath] : route.addresses.slice(0, maxAttempts);
  const queue = [...waiting];
  const open = new Set<Socket>();
  let next: NodeJS.Timeout | undefined;

  const settle = (result: DialResult) => {
    clearTimeout(next);
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
    queue.length = 0;
    for (const socket of open) if (!result.ok || socket !== result.socket) socket.destroy();
    open.clear();
    resolve(result);
  };
  const onAbort = () => settle({ ok: false, reason: "client-closed" });
  const limit = setTimeout(() => settle({ ok: false, reason: "dial-timeout" }), limitMs);

  const attempt = () => {
    clearTimeout(next);
    const address = queue.shift();
    if (address === undefined) {
      if (open.size === 0) settle({ ok: false, reason: "dial-failed" });
      return;
    }
    const socket = openSocket(route, address, port, reader?.());
    open.add(socket);
    socket.once("connect", () => settle({ ok: true, socket, address }));
    socket.on("error", () => {
      if (open.delete(socket)) attempt();
    });
    if (queue.length > 0) next = setTimeout(attempt, staggerMs);
  };

  if (signal.aborted) onAbort();
  else {
    signal.addEventListener("abort", onAbort, { once: true });
    attempt();
  }
  return promise;
}

function openSocket(
  route: DirectRoute,
  address: string,
  port: number,
  onread: OnReadOpts | undefined,
): Socket {
  const options = { allowHalfOpen: true, ...(onread && { onread }) };
  if (route.kind === "internal") return connect({ path: address, ...options });
  const family = isIP(address);
  // A name here would be resolved a second time, to something nobody tested.
  if (family === 0) throw new TypeError("only addresses are dialled");
  return connect({ host: address, port, family, noDelay: true, ...options });
}

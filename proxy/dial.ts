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

/** One attempt to reach a host, at one or several of its addresses. */
export class Dialling {
  readonly #route: DirectRoute;
  readonly #port: number;
  readonly #onSettled: (result: DialResult) => void;
  readonly #reader: (() => OnReadOpts) | undefined;
  readonly #waiting: readonly string[];
  readonly #open: Socket[] = [];
  readonly #limit: NodeJS.Timeout;
  #tried = 0;
  #next: NodeJS.Timeout | undefined;
  #isSettled = false;

  /**
   * @param onSettled called once, never before this returns
   * @param reader makes what takes the bytes of one connection past the stream's own buffers; the one that
   * wins is in the result
   */
  constructor(
    route: DirectRoute,
    port: number,
    limitMs: number,
    onSettled: (result: DialResult) => void,
    reader?: () => OnReadOpts,
  ) {
    this.#route = route;
    this.#port = port;
    this.#onSettled = onSettled;
    this.#reader = reader;
    this.#waiting =
      route.kind === "internal" ? [route.socketPath] : route.addresses.slice(0, maxAttempts);
    this.#limit = setTimeout(() => this.#settle({ ok: false, reason: "dial-timeout" }), limitMs);
    this.#attempt();
  }

  /** The client has gone. */
  cancel(): void {
    this.#settle({ ok: false, reason: "client-closed" });
  }

  #attempt(): void {
    clearTimeout(this.#next);
    const address = this.#waiting[this.#tried];
    if (address === undefined) {
      if (this.#open.length === 0) this.#settle({ ok: false, reason: "dial-failed" });
      return;
    }
    this.#tried += 1;
    const socket = openSocket(this.#route, address, this.#port, this.#reader?.());
    this.#open.push(socket);
    socket.once("connect", () => this.#settle({ ok: true, socket, address }));
    socket.on("error", () => {
      const at = this.#open.indexOf(socket);
      if (at === -1) return;
      this.#open.splice(at, 1);
      this.#attempt();
    });
    if (this.#tried < this.#waiting.length)
      this.#next = setTimeout(() => this.#attempt(), staggerMs);
  }

  #settle(result: DialResult): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#next);
    clearTimeout(this.#limit);
    this.#tried = this.#waiting.length;
    for (const socket of this.#open) if (!result.ok || socket !== result.socket) socket.destroy();
    this.#open.length = 0;
    this.#onSettled(result);
  }
}

export function dial(
  route: DirectRoute,
  port: number,
  limitMs: number,
  signal: AbortSignal,
): Promise<DialResult> {
  if (signal.aborted) return Promise.resolve({ ok: false, reason: "client-closed" });
  const { promise, resolve } = Promise.withResolvers<DialResult>();
  const onAbort = () => dialling.cancel();
  const dialling = new Dialling(route, port, limitMs, (result) => {
    signal.removeEventListener("abort", onAbort);
    resolve(result);
  });
  signal.addEventListener("abort", onAbort, { once: true });
  return promise;
}

function openSocket(
  route: DirectRoute,
  address: string,
  port: number,
  onread: OnReadOpts | undefined,
): Socket {
  const options = onread ? { allowHalfOpen: true, onread } : { allowHalfOpen: true };
  if (route.kind === "internal") return connect({ path: address, ...options });
  const family = isIP(address);
  // A name here would be resolved a second time, to something nobody tested.
  if (family === 0) throw new TypeError("only addresses are dialled");
  return connect({ host: address, port, family, noDelay: true, ...options });
}

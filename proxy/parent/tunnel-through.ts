/**
 * A tunnel to a host through a parent proxy: our CONNECT, its answer, and then its connection is as if it
 * led to the host itself. The parent's own words (its pages, its wish for a login) reach nobody.
 */
import type { Socket } from "node:net";
import type { Host } from "../../policies/guards/host-port.ts";
import type { ParentRoute } from "../dial.ts";
import { parseResponseHead } from "../http1/head.ts";
import { fieldLines } from "../raw-response.ts";
import { dialParent, type ParentDialled, type ParentFailure } from "./dial-parent.ts";
import { loginFields } from "./parents.ts";

export interface ParentLimits {
  readonly dialMs: number;
  readonly parentMs: number;
}

const maxHeadBytes = 16 * 1024;

/** The socket comes back paused. */
export async function tunnelThrough(
  route: ParentRoute,
  target: Host & { readonly port: number },
  limits: ParentLimits,
  viaToken: string,
  signal: AbortSignal,
): Promise<ParentDialled> {
  const dialled = await dialParent(route, limits.dialMs, signal);
  if (!dialled.ok) return dialled;
  const { socket } = dialled;
  const host = target.kind === "ipv6" ? `[${target.host}]` : target.host;
  const authority = `${host}:${target.port}`;
  const fields = ["Host", authority, "Via", `1.1 ${viaToken}`, ...loginFields(route.parent)];
  socket.write(`CONNECT ${authority} HTTP/1.1\r\n${fieldLines(fields)}\r\n`, "latin1");
  const failure = await awaitAnswer(socket, limits.parentMs, signal);
  if (failure === undefined) return dialled;
  socket.destroy();
  return { ok: false, reason: failure };
}

type Failure = ParentFailure | "client-closed";

/** Undefined is a tunnel that stands; what came behind the answer is back in the socket. */
function awaitAnswer(
  socket: Socket,
  limitMs: number,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
  let bytes = Buffer.alloc(0);
  const settle = (failure: Failure | undefined) => {
    clearTimeout(limit);
    signal.removeEventListener("abort", onAbort);
    socket.pause();
    socket.off("data", onData).off("end", onGone).off("close", onGone);
    resolve(failure);
  };
  const onData = (part: Buffer) => {
    bytes = Buffer.concat([bytes, part]);
    const end = bytes.indexOf("\r\n\r\n");
    if (end > maxHeadBytes || (end === -1 && bytes.length > maxHeadBytes)) {
      settle("parent-answer");
    } else if (end !== -1) {
      settle(failureIn(bytes.toString("latin1", 0, end)));
      const rest = bytes.subarray(end + 4);
      if (rest.length > 0) socket.unshift(rest);
    }
  };
  const onGone = () => settle("parent-answer");
  const onAbort = () => settle("client-closed");
  const limit = setTimeout(() => settle("parent-timeout"), limitMs);
  signal.addEventListener("abort", onAbort, { once: true });
  socket.on("data", onData).once("end", onGone).once("close", onGone);
  if (signal.aborted) onAbort();
  else if (socket.destroyed) onGone();
  else socket.resume();
  return promise;
}

/** RFC 9110 9.3.6: any 2xx opens the tunnel, and framing fields in it mean nothing. */
function failureIn(head: string): ParentFailure | undefined {
  const answer = parseResponseHead(head);
  if (typeof answer === "string") return "parent-answer";
  if (answer.status >= 200 && answer.status < 300) return undefined;
  return answer.status === 407 ? "parent-auth" : "parent-refused";
}

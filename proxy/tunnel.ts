/**
 * One CONNECT: judged by its target, then held until the client has shown in its ClientHello that it
 * speaks TLS to that same host. Only then is anything dialled. What follows is the client's and the
 * origin's secret. Tunnels to plain HTTP ports are handed on: they may carry a WebSocket and nothing else.
 */
import type { Socket } from "node:net";
import { type Host, type HostRules, parseHost } from "../policies/guards/host-port.ts";
import { readClientHello } from "./client-hello.ts";
import type { ProxyContext, SessionState } from "./context.ts";
import type { OpenRecord } from "./decision.ts";
import { dial } from "./dial.ts";
import { type Admission, admit, judge, type Judgement } from "./judge.ts";
import { openRecord } from "./open-record.ts";
import { tunnelThrough } from "./parent/tunnel-through.ts";
import { endWithPage, rawHead } from "./raw-response.ts";
import { isNoSuchName, type Refusal, refuse } from "./refusal.ts";
import { checkConnect, type RequestHead } from "./request-guard.ts";
import { Splice } from "./splice.ts";

/** A tunnel to a plain HTTP port, allowed by policy and waiting for its one WebSocket request. */
export interface PlainTunnel {
  readonly target: Host & { readonly port: number };
  readonly record: OpenRecord;
}

export async function tunnel(
  context: ProxyContext,
  session: SessionState,
  requestHead: RequestHead,
  socket: Socket,
  head: Buffer,
  toPlain: (tunnel: PlainTunnel) => void,
): Promise<void> {
  const record = openRecord(context, session, requestHead, "https");
  const refused = (refusal: Refusal, reported = true) => {
    if (reported) record.refuse(refusal);
    else context.metrics.unrecorded(refusal);
    endWithPage(socket, { refusal, host: record.host, at: record.at, requestId: record.id });
  };
  const admission = admitTunnel(context, session);
  if (!admission.ok) {
    refused(admission.refusal, admission.reported);
    return;
  }
  const { guards } = admission.snapshot.prepared.policy;
  const target = checkConnect(requestHead, guards, context.limits, context.viaToken);
  if (!target.ok) {
    refused(target.refusal);
    return;
  }
  const plain =
    !guards.connectPorts.includes(target.port) && guards.httpPorts.includes(target.port);
  record.amend({ host: target.host, port: target.port, scheme: plain ? "ws" : "https" });
  const gone = new GoneSignal(socket);
  const judgement = await judge(admission, target, plain ? "http" : "connect", gone.signal);
  if (!judgement.ok) {
    const { refusal, byPolicy } = judgement;
    const refusedTunnel = { socket, head, requestHead, target, refusal, record };
    // Nobody is dialled for a name that does not exist. One whose server fails may be dialled in a moment.
    const isPage = byPolicy || (context.plane === "isolated" && isNoSuchName(refusal));
    const answered = isPage && !plain && context.answers?.connect?.(refusedTunnel, session);
    if (answered) await answered;
    else refused(refusal);
    return;
  }
  socket.write(rawHead(200, []));
  if (plain) {
    gone.release();
    if (head.length > 0) socket.unshift(head);
    toPlain({ target, record });
    return;
  }
  await carry(context, session, { socket, head, target, rules: guards, judgement, record, gone });
}

function admitTunnel(context: ProxyContext, session: SessionState): Admission {
  const { limits, totals } = context;
  const full =
    session.tunnels > limits.tunnels
      ? "tunnels"
      : totals.tunnels > limits.totalTunnels
        ? "total-tunnels"
        : undefined;
  return full === undefined
    ? admit(context, session)
    : { ok: false, refusal: refuse("guard.limit", full), reported: true };
}

/** Aborts when the client goes while somebody waits for something; an abort that nobody hears is not free. */
class GoneSignal {
  readonly #controller = new AbortController();
  readonly #socket: Socket;
  readonly #onClose = () => this.#controller.abort();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.once("close", this.#onClose);
    if (socket.destroyed) this.#controller.abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  release(): void {
    this.#socket.off("close", this.#onClose);
  }
}

interface Carried {
  readonly socket: Socket;
  readonly head: Buffer;
  readonly target: Host & { readonly port: number };
  readonly rules: HostRules;
  readonly judgement: Extract<Judgement, { ok: true }>;
  readonly record: OpenRecord;
  readonly gone: GoneSignal;
}

async function carry(context: ProxyContext, session: SessionState, to: Carried): Promise<void> {
  const { socket, target, judgement, record } = to;
  const { decision, route } = judgement;
  const hello = await awaitHello(socket, to.head, context.limits);
  if (hello.kind === "gone") {
    // A browser's spare connection that was never used: not an attack, and nothing was dialled.
    to.gone.release();
    record.finish(decision, { reason: "client-closed", status: 200, bytesUp: 0, bytesDown: 0 });
    socket.destroy();
    return;
  }
  const fault =
    hello.kind === "refused" ? hello.reason : nameFault(hello.serverName, target, to.rules);
  if (hello.kind === "refused" || fault !== undefined) {
    record.refuse(refuse("guard.sni", fault ?? "malformed"));
    socket.destroy();
    return;
  }
  const splice = new Splice(socket, context.limits, session.meter);
  const { dialMs } = context.limits;
  const isRead = route.kind !== "parent";
  const dialled = isRead
    ? await dial(route, target.port, dialMs, to.gone.signal, splice.reader)
    : await tunnelThrough(route, target, context.limits, context.viaToken, to.gone.signal);
  to.gone.release();
  if (!dialled.ok) {
    record.finish(decision, { reason: dialled.reason, bytesUp: 0, bytesDown: 0 });
    socket.destroy();
    return;
  }
  const { socket: upstream, address } = dialled;
  upstream.write(hello.bytes);
  const ended = await splice.run(upstream, isRead);
  record.finish(decision, {
    status: 200,
    address,
    bytesUp: ended.bytesUp + hello.bytes.length,
    bytesDown: ended.bytesDown,
    ...(ended.reason !== "closed" && { reason: `tunnel-${ended.reason}` }),
  });
}

/** What is wrong with the name that the client gave, if anything. */
export function nameFault(
  serverName: string | undefined,
  target: Host,
  rules: HostRules,
): string | undefined {
  // RFC 6066 knows no addresses as names: a tunnel to a permitted address goes without one.
  if (target.kind !== "name") return serverName === undefined ? undefined : "sni-mismatch";
  if (serverName === undefined) return "sni-missing";
  const parsed = parseHost(serverName, rules);
  return parsed.ok && parsed.host === target.host ? undefined : "sni-mismatch";
}

type Awaited =
  | { readonly kind: "hello"; readonly serverName: string | undefined; readonly bytes: Buffer }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "gone" };

export function awaitHello(
  socket: Socket,
  head: Buffer,
  limits: { readonly clientHelloMs: number; readonly clientHelloBytes: number },
): Promise<Awaited> {
  const { promise, resolve } = Promise.withResolvers<Awaited>();
  let bytes = head;
  const settle = (result: Awaited) => {
    clearTimeout(limit);
    socket.pause();
    socket.off("data", onData).off("end", onGone).off("close", onGone);
    resolve(result);
  };
  const look = () => {
    const result = readClientHello(bytes, limits.clientHelloBytes);
    if (result.kind === "hello") settle({ ...result, bytes });
    else if (result.kind === "refused") settle(result);
  };
  const onData = (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    look();
  };
  const onGone = () =>
    settle(bytes.length === 0 ? { kind: "gone" } : { kind: "refused", reason: "incomplete" });
  const limit = setTimeout(
    () => settle({ kind: "refused", reason: "timeout" }),
    limits.clientHelloMs,
  );
  socket.on("data", onData).once("end", onGone).once("close", onGone);
  if (socket.destroyed) onGone();
  else {
    // Whoever read the request left it paused.
    socket.resume();
    if (bytes.length > 0) look();
  }
  return promise;
}

/**
 * One CONNECT: judged by its target, then held until the client has shown in its ClientHello that it
 * speaks TLS to that same host. Only then is anything dialled. What follows is the client's and the
 * origin's secret. Tunnels to plain HTTP ports are handed on: they may carry a WebSocket and nothing else.
 *
 * There are thousands of these a minute, so the connection goes on listening for the tunnel instead of
 * everybody adding listeners and taking them off again, and what is known already is not waited for.
 */
import type { Socket } from "node:net";
import type { Host, HostRules } from "../policies/guards/host-port.ts";
import type { ClientConnection, Taker } from "./client-connection.ts";
import { readClientHello } from "./client-hello.ts";
import type { ProxyContext, RefusedTunnel, SessionState } from "./context.ts";
import type { OpenRecord } from "./decision.ts";
import { type DialResult, Dialling } from "./dial.ts";
import { Gone } from "./gone.ts";
import { type Admission, admit, judge, type Judgement } from "./judge.ts";
import { openRecord } from "./open-record.ts";
import type { ParentDialled } from "./parent/dial-parent.ts";
import { tunnelThrough } from "./parent/tunnel-through.ts";
import { endWithPage, rawHead } from "./raw-response.ts";
import { isNoSuchName, type Refusal, refuse } from "./refusal.ts";
import { checkConnect, type RequestHead } from "./request-guard.ts";
import { nameFault } from "./server-name.ts";
import { Splice, type Spliced } from "./splice.ts";

/** A tunnel to a plain HTTP port, allowed by policy and waiting for its one WebSocket request. */
export interface PlainTunnel {
  readonly target: Host & { readonly port: number };
  readonly record: OpenRecord;
}

export interface TunnelEnds {
  /** Takes a tunnel to a plain port whose 200 is out; the socket is the callee's. */
  readonly toPlain: (socket: Socket, tunnel: PlainTunnel) => void;
  /** Called once, when nothing more is done for this tunnel here. */
  readonly over: () => void;
  /** Called once, when the client's socket is closed. */
  readonly gone: () => void;
  /** Something in ours broke. */
  readonly broken: (error: unknown) => void;
}

type Target = Host & { readonly port: number };
/** By policy, to this host, whose name is to be read by these rules. */
interface Allowed {
  readonly judgement: Extract<Judgement, { ok: true }>;
  readonly target: Target;
  readonly rules: HostRules;
}

const established = rawHead(200, []);
const empty = Buffer.alloc(0);

export class Tunnel implements Taker {
  readonly #context: ProxyContext;
  readonly #session: SessionState;
  readonly #head: RequestHead;
  readonly #connection: ClientConnection;
  readonly #socket: Socket;
  readonly #ends: TunnelEnds;
  readonly #record: OpenRecord;
  readonly #gone = new Gone();
  #stage: "judging" | "hello" | "dialling" | "joined" | "over" = "judging";
  /** From the client and not sent on yet. */
  #bytes: Buffer = empty;
  #helloSince = 0;
  #hasEnded = false;
  #allowed: Allowed | undefined;
  #address = "";
  #dialling: Dialling | undefined;
  #splice: Splice | undefined;
  #sentAhead = 0;

  constructor(
    context: ProxyContext,
    session: SessionState,
    head: RequestHead,
    connection: ClientConnection,
    ends: TunnelEnds,
  ) {
    this.#context = context;
    this.#session = session;
    this.#head = head;
    this.#connection = connection;
    this.#socket = connection.socket;
    this.#ends = ends;
    this.#record = openRecord(context, session, head, "https");
  }

  /** Once. The connection tells what happens to its socket from here on, until it is handed over. */
  begin(): void {
    const admission = this.#admit();
    if (!admission.ok) {
      this.#refuse(admission.refusal, admission.reported);
      return;
    }
    const { guards } = admission.snapshot.prepared.policy;
    const target = checkConnect(this.#head, guards, this.#context.limits, this.#context.viaToken);
    if (!target.ok) {
      this.#refuse(target.refusal);
      return;
    }
    const plain =
      !guards.connectPorts.includes(target.port) && guards.httpPorts.includes(target.port);
    this.#record.amend({ host: target.host, port: target.port, scheme: plain ? "ws" : "https" });
    const judged = judge(admission, target, plain ? "http" : "connect", this.#gone);
    const goOn = (judgement: Judgement) => {
      if (judgement.ok) this.#allow({ judgement, target, rules: guards }, plain);
      else this.#answerRefusal(judgement, target, plain);
    };
    if (!(judged instanceof Promise)) {
      goOn(judged);
      return;
    }
    this.#socket.pause();
    judged.then(goOn).catch(this.#ends.broken);
  }

  onData(bytes: Buffer): void {
    if (this.#splice && this.#stage === "joined") {
      this.#splice.onClientData(bytes);
      return;
    }
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.#stage === "hello") this.#onHello();
    // What comes before there is anybody to send it to: this much, and no more.
    else this.#socket.pause();
  }

  onDrain(): void {
    if (this.#stage === "joined") this.#splice?.onClientDrain();
  }

  onEnd(): void {
    this.#hasEnded = true;
    if (this.#stage === "hello") this.#onGoneInHello();
    else if (this.#stage === "joined") this.#splice?.onClientEnd();
  }

  onGone(hadError: boolean): void {
    this.#ends.gone();
    this.#gone.leave();
    if (this.#stage === "hello") this.#onGoneInHello();
    else if (this.#stage === "dialling") this.#dialling?.cancel();
    else if (this.#stage === "joined") this.#splice?.onClientClose(hadError);
  }

  sweep(now: number): void {
    if (this.#stage === "joined") this.#splice?.sweep(now);
    const isLate = now - this.#helloSince >= this.#context.limits.clientHelloMs;
    if (this.#stage === "hello" && isLate) this.#refuseHello("timeout");
  }

  #admit(): Admission {
    const { limits, totals } = this.#context;
    const full =
      this.#session.tunnels > limits.tunnels
        ? "tunnels"
        : totals.tunnels > limits.totalTunnels
          ? "total-tunnels"
          : undefined;
    return full === undefined
      ? admit(this.#context, this.#session)
      : { ok: false, refusal: refuse("guard.limit", full), reported: true };
  }

  #refuse(refusal: Refusal, reported = true): void {
    const record = this.#record;
    this.#finish();
    this.#connection.handOver();
    if (reported) record.refuse(refusal);
    else this.#context.metrics.unrecorded(refusal);
    const { host, at, id: requestId } = record;
    endWithPage(this.#socket, { refusal, host, at, requestId });
  }

  #answerRefusal(
    { refusal, byPolicy }: Extract<Judgement, { ok: false }>,
    target: Target,
    plain: boolean,
  ): void {
    // Nobody is dialled for a name that does not exist. One whose server fails may be dialled in a moment.
    const isPage = byPolicy || (this.#context.plane === "isolated" && isNoSuchName(refusal));
    const { answers } = this.#context;
    const refused: RefusedTunnel = {
      socket: this.#socket,
      head: Buffer.concat([this.#bytes, this.#connection.handOver()]),
      requestHead: this.#head,
      target,
      refusal,
      record: this.#record,
    };
    const answered = isPage && !plain && answers?.connect?.(refused, this.#session);
    if (answered) answered.then(() => this.#finish()).catch(this.#ends.broken);
    else this.#refuse(refusal);
  }

  #allow(allowed: Allowed, plain: boolean): void {
    const socket = this.#socket;
    this.#allowed = allowed;
    // Nobody would hear of its end once it is handed on.
    if (plain && socket.destroyed) {
      this.#fail("client-closed");
      return;
    }
    socket.write(established);
    if (plain) {
      this.#finish();
      const early = Buffer.concat([this.#bytes, this.#connection.handOver()]);
      if (early.length > 0) socket.unshift(early);
      this.#ends.toPlain(socket, { target: allowed.target, record: this.#record });
      return;
    }
    this.#stage = "hello";
    this.#helloSince = performance.now();
    if (socket.destroyed) this.#onGoneInHello();
    else {
      socket.resume();
      if (this.#bytes.length > 0) this.#onHello();
    }
  }

  #onHello(): void {
    const allowed = this.#allowed;
    if (!allowed) return;
    const result = readClientHello(this.#bytes, this.#context.limits.clientHelloBytes);
    if (result.kind === "incomplete") return;
    const fault =
      result.kind === "refused"
        ? result.reason
        : nameFault(result.serverName, allowed.target, allowed.rules);
    if (fault === undefined) this.#dial(allowed);
    else this.#refuseHello(fault);
  }

  #refuseHello(reason: string): void {
    this.#record.refuse(refuse("guard.sni", reason));
    this.#finish();
    this.#socket.destroy();
  }

  /** A browser's spare connection that was never used: not an attack, and nothing was dialled. */
  #onGoneInHello(): void {
    if (this.#bytes.length > 0) this.#refuseHello("incomplete");
    else this.#fail("client-closed", 200);
  }

  #dial({ judgement, target }: Allowed): void {
    this.#stage = "dialling";
    const { limits, viaToken } = this.#context;
    const { route } = judgement;
    const splice = new Splice(this.#socket, limits, this.#session.meter, (ended) =>
      this.#ended(ended),
    );
    this.#splice = splice;
    if (route.kind === "parent") {
      tunnelThrough(route, target, limits, viaToken, this.#gone.signal)
        .then((dialled) => this.#dialled(dialled, false))
        .catch(this.#ends.broken);
      return;
    }
    const onSettled = (dialled: DialResult) => this.#dialled(dialled, true);
    this.#dialling = new Dialling(route, target.port, limits.dialMs, onSettled, splice.reader);
  }

  #dialled(dialled: DialResult | ParentDialled, isRead: boolean): void {
    this.#dialling = undefined;
    if (!dialled.ok) {
      this.#fail(dialled.reason);
      return;
    }
    const { socket: upstream } = dialled;
    this.#address = dialled.address;
    this.#sentAhead = this.#bytes.length;
    upstream.write(this.#bytes);
    this.#bytes = empty;
    this.#stage = "joined";
    this.#splice?.join(upstream, isRead);
    if (this.#hasEnded) this.#splice?.onClientEnd();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #ended({ bytesUp, bytesDown, reason }: Spliced): void {
    if (!this.#allowed) return;
    const { decision } = this.#allowed.judgement;
    const address = this.#address;
    const moved = { status: 200, address, bytesUp: bytesUp + this.#sentAhead, bytesDown };
    this.#record.finish(
      decision,
      reason === "closed" ? moved : { ...moved, reason: `tunnel-${reason}` },
    );
    this.#finish();
  }

  /** Allowed, and yet nothing came of it. */
  #fail(reason: string, status?: number): void {
    if (!this.#allowed) return;
    const { decision } = this.#allowed.judgement;
    const known = status === undefined ? { reason } : { reason, status };
    this.#record.finish(decision, { ...known, bytesUp: 0, bytesDown: 0 });
    this.#finish();
    this.#socket.destroy();
  }

  #finish(): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    this.#ends.over();
  }
}

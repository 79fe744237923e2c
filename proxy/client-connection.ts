/**
 * One connection of a client: finds request heads in the bytes, hands each request on and takes the next
 * one when it is answered. One request at a time: what is pipelined waits, bounded, unread. Owns the
 * limits of time on the client's side. Judges nothing.
 */
import type { Socket } from "node:net";
import type { Answer, ProxyContext, SessionState } from "./context.ts";
import { faultIn, type HeadFault, parseRequestHead } from "./http1/head.ts";
import { asksToClose, tokensOf, valuesOf } from "./hop-by-hop.ts";
import { HttpExchange } from "./http-forward.ts";
import type { OriginPool } from "./origin-pool.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { hasBody, type RequestHead } from "./request-guard.ts";
import { endSocket, rawHead } from "./raw-response.ts";
import type { Member } from "./roster.ts";

/** What a connection tells of its socket once somebody has taken it; the socket flows. */
export interface Taker {
  onData(bytes: Buffer): void;
  onDrain(): void;
  onEnd(): void;
  onGone(hadError: boolean): void;
  sweep(now: number): void;
}

export interface ConnectionOwner {
  readonly context: ProxyContext;
  readonly client: SessionState;
  readonly pool: OriginPool;
  /** A CONNECT; whoever takes it lends itself to the connection or has the socket handed over. */
  connect(head: RequestHead, connection: ClientConnection): void;
  /** A request to change protocols; the socket is the callee's. */
  upgrade(head: RequestHead, socket: Socket, early: Buffer): void;
  /** A request that the listener answers itself. Pure; undefined leaves it to be forwarded. */
  readonly own?: (head: RequestHead) => Answer | undefined;
  /** Any other request, where it is not to be forwarded; the socket is the callee's. */
  readonly other?: (head: RequestHead, socket: Socket) => void;
  /** The bytes are no request. Answers and ends the socket. */
  fault(refusal: Refusal, socket: Socket): void;
  /** Something in ours broke: nothing more is answered. */
  broken(error: unknown, socket: Socket): void;
  /** Called once, when the socket is closed and everybody else knows. */
  gone(connection: ClientConnection): void;
}

const keepAliveMs = 65_000;
/** Read ahead of a request under way at most this much, and one read more. */
const maxAheadBytes = 64 * 1024;
const empty = Buffer.alloc(0);

export class ClientConnection implements Member {
  readonly socket: Socket;
  place = 0;
  readonly #owner: ConnectionOwner;
  #pending: Buffer = empty;
  /** How far `#pending` was looked through in vain. */
  #scanned = 0;
  #exchange: HttpExchange | undefined;
  #taker: Taker | undefined;
  #handedOver = false;
  #headSince: number;
  #idle = true;

  constructor(owner: ConnectionOwner, socket: Socket) {
    this.#owner = owner;
    this.socket = socket;
    this.#headSince = performance.now();
    socket.on("data", this.#onData);
    socket.on("drain", this.#onDrain);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onClose);
  }

  /** Called now and then; ends what takes too long. */
  sweep(now: number): void {
    if (this.#handedOver || this.socket.destroyed) return;
    const { limits } = this.#owner.context;
    const busy = this.#taker ?? this.#exchange;
    if (busy) {
      busy.sweep(now);
      return;
    }
    const limitMs = this.#idle ? keepAliveMs : limits.headersMs;
    if (now - this.#headSince < limitMs) return;
    if (this.#idle) this.socket.destroy();
    else this.#fail(refuse("guard.limit", "request-timeout", 408));
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#taker) {
      this.#taker.onData(bytes);
      return;
    }
    const exchange = this.#exchange;
    if (!exchange) {
      this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
      this.#readHead();
      return;
    }
    const rest = exchange.wantsBody ? exchange.takeBody(bytes) : bytes;
    if (!rest) return;
    this.#pending = this.#pending.length === 0 ? rest : Buffer.concat([this.#pending, rest]);
    if (this.#pending.length > maxAheadBytes) this.socket.pause();
  };

  readonly #onDrain = (): void => {
    if (this.#taker) this.#taker.onDrain();
    else if (this.#exchange) this.#exchange.onClientDrain();
    else this.#goOn();
  };

  /** Half-closing clients still get their answer; there is no next request. */
  readonly #onEnd = (): void => {
    if (this.#taker) this.#taker.onEnd();
    else if (this.#exchange) this.#exchange.onClientEnd();
    else this.socket.end();
  };

  readonly #onClose = (hadError: boolean): void => {
    if (this.#taker) this.#taker.onGone(hadError);
    else this.#exchange?.onClientGone();
    this.#owner.gone(this);
  };

  #readHead(): void {
    if (this.#idle) {
      this.#idle = false;
      this.#headSince = performance.now();
    }
    // RFC 9112 2.2: an empty line before a request is passed over; here it is one, once.
    if (this.#pending[0] === 13 && this.#pending[1] === 10) this.#drop(2);
    if (this.#pending.length === 0) return;
    const { headerBytes } = this.#owner.context.limits;
    const end = this.#pending.indexOf("\r\n\r\n", Math.max(0, this.#scanned - 3), "latin1");
    const known = end === -1 ? this.#pending.length : end;
    if (known > headerBytes) {
      this.#fail(refuse("guard.limit", "header-bytes", 431));
      return;
    }
    if (end === -1) {
      const fault = faultIn(this.#pending.toString("latin1", this.#lookFrom(), known), false);
      this.#scanned = known;
      if (fault) this.#fail(refusalOfHead(fault));
      return;
    }
    const head = parseRequestHead(this.#pending.toString("latin1", 0, end));
    if (typeof head === "string") {
      this.#fail(refusalOfHead(head));
      return;
    }
    this.#drop(end + 4);
    this.#dispatch(head);
  }

  /** One byte back, for a CR whose LF has come now; but not at an LF, whose CR would be out of sight. */
  #lookFrom(): number {
    const last = this.#scanned - 1;
    return last < 0 || this.#pending[last] === 10 ? this.#scanned : last;
  }

  #drop(bytes: number): void {
    this.#pending = this.#pending.length > bytes ? this.#pending.subarray(bytes) : empty;
    this.#scanned = 0;
  }

  #dispatch(head: RequestHead): void {
    const owner = this.#owner;
    if (head.method === "CONNECT") {
      owner.connect(head, this);
      return;
    }
    if (asksForUpgrade(head)) {
      owner.upgrade(head, this.socket, this.handOver());
      return;
    }
    if (owner.other) {
      const { other } = owner;
      this.handOver();
      other(head, this.socket);
      return;
    }
    const answer = owner.own?.(head);
    if (answer) {
      this.#answerSelf(head, answer);
      return;
    }
    const exchange = new HttpExchange(owner, head, this.socket);
    this.#exchange = exchange;
    owner.client.requests += 1;
    exchange.onDone = (goOn) => {
      owner.client.requests -= 1;
      this.#next(goOn);
    };
    exchange.run().catch((error: unknown) => owner.broken(error, this.socket));
    if (!exchange.isOver && this.#pending.length > 0 && exchange.wantsBody) {
      const early = this.#pending;
      this.#pending = empty;
      this.#onData(early);
    }
  }

  /** A body here is nobody's: the connection ends instead of reading it. */
  #answerSelf(head: RequestHead, { status, headers, body }: Answer): void {
    const goOn = head.httpVersion === "1.1" && !hasBody(head) && !asksToClose(head.rawHeaders);
    const framing = status === 304 ? [] : ["Content-Length", String(body.length)];
    const closing = goOn ? [] : ["Connection", "close"];
    const bytes = rawHead(status, [...headers, ...framing, ...closing]);
    const answer = head.method === "HEAD" ? bytes : Buffer.concat([bytes, body]);
    if (goOn) this.socket.write(answer);
    else endSocket(this.socket, answer);
    this.#next(goOn);
  }

  #next(goOn: boolean): void {
    this.#exchange = undefined;
    if (!goOn) {
      // Whatever still comes is not a request: it is read so that the answer arrives, and dropped.
      this.handOver();
      this.socket.resume();
      return;
    }
    if (this.socket.destroyed) return;
    this.#idle = true;
    this.#headSince = performance.now();
    // Who does not read answers gets no further ones: they would pile up here.
    if (this.socket.writableNeedDrain) this.socket.pause();
    else this.#goOn();
  }

  #goOn(): void {
    this.socket.resume();
    // Not from inside the former answer: a long pipeline must not become a deep stack.
    if (this.#pending.length > 0) setImmediate(() => this.#readNext());
    else if (this.socket.readableEnded) this.socket.end();
  }

  #readNext(): void {
    if (!this.socket.destroyed && !this.#exchange && this.#pending.length > 0) this.#readHead();
  }

  /** Everything from here on is told to `taker`, what came behind the request first. */
  lend(taker: Taker): void {
    const early = this.#pending;
    this.#pending = empty;
    this.#taker = taker;
    if (early.length > 0) taker.onData(early);
  }

  /** The socket, paused, is whoever's who calls this. @returns what came behind the request and was read */
  handOver(): Buffer {
    this.#handedOver = true;
    const early = this.#pending;
    this.#pending = empty;
    const { socket } = this;
    socket.off("data", this.#onData).off("drain", this.#onDrain).off("end", this.#onEnd);
    socket.pause();
    return early;
  }

  #fail(refusal: Refusal): void {
    this.handOver();
    this.#owner.fault(refusal, this.socket);
  }
}

function refusalOfHead(fault: HeadFault): Refusal {
  return refuse("guard.parse", fault);
}

/** RFC 9110 7.8: without the connection option the field asks for nothing, and is dropped as hop-by-hop. */
function asksForUpgrade(head: RequestHead): boolean {
  return (
    valuesOf(head.rawHeaders, "upgrade").length > 0 &&
    tokensOf(head.rawHeaders, "connection").includes("upgrade")
  );
}

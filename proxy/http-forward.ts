/**
 * One plain HTTP request in absolute form: judged, written anew to a tested address, answered with an
 * answer written anew. Nothing of the client's framing, Host or hop-by-hop headers reaches the origin,
 * and nothing of the origin's reaches the client. There is no cache. Connections to origins are reused
 * within the session, after the same judgement as a new one.
 */
import type { Socket } from "node:net";
import type { Decision } from "../policies/match.ts";
import { blockPage, pageHeaders } from "./block-page.ts";
import type { ConnectionOwner } from "./client-connection.ts";
import type { Answer } from "./context.ts";
import type { OpenRecord } from "./decision.ts";
import { dial, type Route } from "./dial.ts";
import { Gone } from "./gone.ts";
import { requestText, responseHeaders } from "./forwarded-head.ts";
import { asksToClose, tokensOf } from "./hop-by-hop.ts";
import { lastChunk } from "./http1/body.ts";
import type { ResponseHead } from "./http1/head.ts";
import { admit, judge } from "./judge.ts";
import { openRecord } from "./open-record.ts";
import { dialParent } from "./parent/dial-parent.ts";
import { OriginAnswer } from "./origin-answer.ts";
import { OriginConnection, type OriginUser } from "./origin-connection.ts";
import { endSocket, headText, rawHead, writeJoined } from "./raw-response.ts";
import type { Refusal } from "./refusal.ts";
import { RequestBody } from "./request-body.ts";
import {
  checkHttp,
  hasBody,
  type HttpTarget,
  type RequestHead,
  withoutQuery,
} from "./request-guard.ts";

const idempotent = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PUT"]);
const empty = Buffer.alloc(0);
const onlyOnce = () => undefined;

export class HttpExchange implements OriginUser {
  /** Called once, when the answer is out or the exchange is over otherwise. */
  onDone: (goOn: boolean) => void = onlyOnce;
  readonly #owner: ConnectionOwner;
  readonly #head: RequestHead;
  readonly #socket: Socket;
  readonly #record: OpenRecord;
  readonly #startedAt = performance.now();
  readonly #gone = new Gone();
  #decision: Decision | undefined;
  #target: HttpTarget | undefined;
  #route: Route | undefined;
  #key = "";
  #origin: OriginConnection | undefined;
  readonly #body: RequestBody;
  readonly #answer: OriginAnswer;
  #keepOrigin = true;
  #keepClient: boolean;
  #bytesUp = 0;
  #bytesDown = 0;
  #over = false;
  #held: NodeJS.Timeout | undefined;
  #lastAt = this.#startedAt;

  constructor(owner: ConnectionOwner, head: RequestHead, socket: Socket) {
    this.#owner = owner;
    this.#head = head;
    this.#socket = socket;
    this.#record = openRecord(owner.context, owner.client, head, "http");
    this.#keepClient = head.httpVersion === "1.1" && !asksToClose(head.rawHeaders);
    this.#body = new RequestBody(head);
    this.#answer = new OriginAnswer(head);
  }

  get wantsBody(): boolean {
    return this.#body.isOpen;
  }

  get isOver(): boolean {
    return this.#over;
  }

  async run(): Promise<void> {
    const { context, client } = this.#owner;
    const admission = admit(context, client);
    if (!admission.ok) {
      this.#refuse(admission.refusal, admission.reported);
      return;
    }
    const rules = admission.snapshot.prepared.policy.guards;
    const target = checkHttp(this.#head, rules, context.limits, context.viaToken);
    if (!target.ok) {
      this.#refuse(target.refusal);
      return;
    }
    this.#target = target;
    const path = withoutQuery(target.path);
    this.#record.amend({ host: target.host, port: target.port, path });
    const judging = judge(admission, target, "http", this.#gone);
    const judgement = judging instanceof Promise ? await judging : judging;
    if (this.#over) {
      // Gone in the meantime; it stays one request, and one record.
      const nothing = { reason: "client-closed", bytesUp: 0, bytesDown: 0 };
      if (judgement.ok) this.#record.finish(judgement.decision, nothing);
      else this.#record.refuse(judgement.refusal);
      return;
    }
    if (!judgement.ok) {
      const { refusal, byPolicy } = judgement;
      const answer = byPolicy && context.answers?.http?.(this.#head, target, refusal, client);
      if (!answer) this.#refuse(refusal);
      else {
        this.#record.refuse({ ...refusal, status: answer.status });
        this.#end(answer);
      }
      return;
    }
    this.#decision = judgement.decision;
    this.#route = judgement.route;
    const { route } = judgement;
    const door = route.kind === "parent" ? route.parent.id : "";
    this.#key = `${target.host} ${target.port} ${door}`;
    await this.#send(true);
  }

  /** @returns what lies behind the end of the body */
  takeBody(bytes: Buffer): Buffer | undefined {
    this.#lastAt = performance.now();
    if (!this.#body.isOpen) return bytes;
    if (!this.#origin) {
      this.#body.hold(bytes);
      // Nothing is sent before the judgement; the client waits.
      this.#socket.pause();
      return undefined;
    }
    return this.#forwardBody(bytes, this.#origin);
  }

  onClientDrain(): void {
    this.#lastAt = performance.now();
    if (!this.#held) this.#origin?.socket.resume();
  }

  /** The client may have said all it wants and still wait for its answer. */
  onClientEnd(): void {
    this.#keepClient = false;
    if (this.#body.isOpen) this.#cut("request-cut");
  }

  onClientGone(): void {
    if (this.#over) return;
    this.#finishRecord("client-closed");
    this.#close(false);
  }

  onOriginData(bytes: Buffer): void {
    this.#bytesDown += bytes.length;
    this.#meter(bytes.length);
    if (this.#answer.head) this.#relay(bytes, undefined);
    else this.#readAnswer(bytes);
  }

  onOriginDrain(): void {
    if (!this.#held) this.#socket.resume();
  }

  /** Who moves more than a fair share is read from later, in both directions. */
  #meter(bytes: number): void {
    const waitMs = this.#owner.client.meter.take(bytes);
    if (waitMs === 0 || this.#held) return;
    this.#origin?.socket.pause();
    this.#socket.pause();
    this.#held = setTimeout(() => this.#letGo(), waitMs);
  }

  #letGo(): void {
    clearTimeout(this.#held);
    this.#held = undefined;
    if (!this.#socket.writableNeedDrain) this.#origin?.socket.resume();
    if (this.#origin?.socket.writableNeedDrain !== true) this.#socket.resume();
  }

  onOriginGone(broken: boolean): void {
    const origin = this.#origin;
    this.#origin = undefined;
    if (this.#answer.head) {
      // RFC 9112 8: only an end that is no error is the end of such an answer.
      if (broken || !this.#answer.isUntilClose) {
        this.#cut("upstream-cut");
        return;
      }
      if (this.#answer.isInChunks) this.#socket.write(lastChunk);
      this.#complete();
      return;
    }
    // A pooled connection may have been closing while we wrote: nothing was read, nothing is lost.
    const again = origin?.reused === true && this.#bytesDown === 0;
    if (again && idempotent.has(this.#head.method) && !hasBody(this.#head)) {
      this.#send(false).catch((error: unknown) => this.#owner.broken(error, this.#socket));
      return;
    }
    this.#unreachable("upstream-error");
  }

  sweep(now: number): void {
    if (this.#over || !this.#decision) return;
    const { idleMs, requestMs } = this.#owner.context.limits;
    const last = Math.max(this.#lastAt, this.#origin?.lastAt ?? 0);
    const late = this.#body.isOpen && now - this.#startedAt > requestMs;
    if (now - last < idleMs && !late) return;
    if (!this.#origin) return;
    if (this.#answer.head) this.#cut("idle");
    else if (late) this.#unreachable("request-timeout");
    else this.#unreachable(this.#route?.kind === "parent" ? "parent-timeout" : "upstream-timeout");
  }

  async #send(mayReuse: boolean): Promise<void> {
    const { context, pool } = this.#owner;
    const target = this.#target;
    const route = this.#route;
    if (!target || !route) throw new Error("sent before it was judged");
    const tested = route.kind === "internal" ? [route.socketPath] : route.addresses;
    let origin = mayReuse ? pool.take(this.#key, tested) : undefined;
    if (!origin) {
      const { dialMs } = context.limits;
      const { signal } = this.#gone;
      const dialled =
        route.kind === "parent"
          ? await dialParent(route, dialMs, signal)
          : await dial(route, target.port, dialMs, signal);
      if (this.#over) {
        if (dialled.ok) dialled.socket.destroy();
        return;
      }
      if (!dialled.ok) {
        this.#unreachable(dialled.reason);
        return;
      }
      origin = new OriginConnection(dialled.socket, dialled.address);
    }
    this.#origin = origin;
    origin.use(this);
    const parent = route.kind === "parent" ? route.parent : undefined;
    const bytes = requestText(this.#head, target, context.viaToken, parent);
    this.#bytesUp += bytes.length;
    origin.socket.write(bytes, "latin1");
    if (this.#body.isOpen) this.#startBody(origin);
  }

  #startBody(origin: OriginConnection): void {
    const held = this.#body.takeHeld();
    if (held.length > 0) {
      const rest = this.#forwardBody(held, origin);
      // What came behind the body belongs to the next request, which this connection will not see.
      if (rest) this.#keepClient = false;
    } else if (tokensOf(this.#head.rawHeaders, "expect").includes("100-continue")) {
      this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (!this.#over) this.#socket.resume();
  }

  #forwardBody(bytes: Buffer, origin: OriginConnection): Buffer | undefined {
    const forwarded = this.#body.forward(bytes, origin.socket);
    if (typeof forwarded === "string") {
      this.#unreadable(forwarded);
      return undefined;
    }
    this.#bytesUp += forwarded.sent;
    this.#meter(forwarded.sent);
    if (this.#body.isOpen && !forwarded.flowing) this.#socket.pause();
    return forwarded.rest;
  }

  #readAnswer(bytes: Buffer): void {
    const rest = this.#answer.readHead(bytes);
    const { head } = this.#answer;
    if (rest === "incomplete") return;
    if (rest === "unreadable" || !head) this.#unreachable("upstream-error");
    else if (head.status === 407 && this.#route?.kind === "parent")
      this.#unreachable("parent-auth");
    else this.#begin(head, rest);
  }

  #begin(head: ResponseHead, rest: Buffer): void {
    this.#keepOrigin = head.httpVersion === "1.1" && !asksToClose(head.rawHeaders);
    const headers = responseHeaders(head.rawHeaders, head.status);
    if (this.#answer.isInChunks) headers.push("Transfer-Encoding", "chunked");
    else if (this.#answer.isOpen) this.#keepClient = false;
    // A body that is still under way has no reader after the answer.
    if (this.#body.isOpen) this.#keepClient = false;
    if (!this.#keepClient) headers.push("Connection", "close");
    this.#relay(rest, headText(head.status, headers));
  }

  /** @param head of the answer, when it is still to be written */
  #relay(bytes: Buffer, head: string | undefined): void {
    const framed = this.#answer.readBody(bytes);
    if (!framed) {
      if (head === undefined) this.#cut("upstream-cut");
      else this.#unreachable("upstream-error");
      return;
    }
    if (framed.hasRest) this.#keepOrigin = false;
    const flowing = writeJoined(this.#socket, head, framed.parts);
    if (framed.done) this.#complete();
    else if (!flowing) this.#origin?.socket.pause();
  }

  #complete(): void {
    if (this.#over) return;
    if (this.#held) this.#letGo();
    this.#finishRecord(undefined);
    const origin = this.#origin;
    this.#origin = undefined;
    if (origin) {
      if (this.#keepOrigin && !this.#body.isOpen) this.#owner.pool.give(this.#key, origin);
      else origin.destroy();
    }
    if (!this.#keepClient) endSocket(this.#socket, empty, this.#owner.context.limits.lingerMs);
    this.#close(this.#keepClient);
  }

  /** Half an answer must look like half an answer: the connection goes, without a proper end. */
  #cut(reason: string): void {
    if (this.#over) return;
    this.#finishRecord(reason);
    this.#close(false);
    this.#socket.destroy();
  }

  #unreachable(reason: string): void {
    if (this.#over) return;
    // RFC 9110 15.6.5: no answer in time is another thing than a bad one.
    const status = reason.endsWith("-timeout") ? 504 : 502;
    this.#finishRecord(reason, status);
    this.#answerRefusal({ rule: "upstream", reason, status });
  }

  /** The framing of the body broke after its head was taken. */
  #unreadable(reason: string): void {
    if (this.#over) return;
    this.#finishRecord(reason, 400);
    if (this.#answer.head) {
      this.#close(false);
      this.#socket.destroy();
    } else this.#answerRefusal({ rule: "guard.parse", reason, status: 400 });
  }

  #refuse(refusal: Refusal, reported = true): void {
    if (reported) this.#record.refuse(refusal);
    else this.#owner.context.metrics.unrecorded(refusal);
    this.#answerRefusal(refusal);
  }

  #answerRefusal(refusal: Refusal): void {
    const { host, at, id } = this.#record;
    const body = Buffer.from(blockPage({ refusal, host, at, requestId: id }));
    this.#end({ status: refusal.status, headers: pageHeaders, body });
  }

  /** The body of a refused request is not read, so the connection cannot be used again. */
  #end({ status, headers, body }: Answer): void {
    const closing = ["Content-Length", String(body.length), "Connection", "close"];
    this.#close(false);
    const shown = this.#head.method === "HEAD" ? empty : body;
    endSocket(this.#socket, Buffer.concat([rawHead(status, [...headers, ...closing]), shown]));
  }

  #finishRecord(reason: string | undefined, status = this.#answer.head?.status ?? 502): void {
    if (!this.#decision) return;
    const address = this.#origin?.address;
    this.#record.finish(this.#decision, {
      status,
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
      ...(address !== undefined && { address }),
      ...(reason !== undefined && { reason }),
    });
  }

  #close(goOn: boolean): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#held) this.#letGo();
    this.#gone.leave();
    this.#origin?.destroy();
    this.#origin = undefined;
    this.onDone(goOn);
  }
}

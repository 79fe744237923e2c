/**
 * One WebSocket handshake over plain HTTP, either in absolute form or inside a plain tunnel (which is how
 * Chromium does it). The handshake is judged and rebuilt like any request; only when the origin has
 * answered it properly do the two sockets become one pipe. No other upgrade exists here.
 */
import { createHash } from "node:crypto";
import { type IncomingMessage, request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { ProxyContext, SessionState } from "./context.ts";
import type { OpenRecord } from "./decision.ts";
import { dial } from "./dial.ts";
import { requestHeaders, responseHeaders } from "./forwarded-head.ts";
import { endToEnd, tokensOf, valuesOf } from "./hop-by-hop.ts";
import { admit, judge } from "./judge.ts";
import { openRecord } from "./open-record.ts";
import { tunnelThrough } from "./parent/tunnel-through.ts";
import { endWithPage, rawHead } from "./raw-response.ts";
import { type Refusal, refuse } from "./refusal.ts";
import {
  type Checked,
  checkHttp,
  checkInside,
  hasBody,
  type HttpTarget,
  type RequestHead,
  withoutQuery,
} from "./request-guard.ts";
import { spliceAlone } from "./splice.ts";
import type { PlainTunnel } from "./tunnel.ts";

export async function websocket(
  context: ProxyContext,
  session: SessionState,
  head: RequestHead,
  socket: Socket,
  early: Buffer,
  inside?: PlainTunnel,
): Promise<void> {
  const record = openRecord(context, session, head, inside ? "ws" : "http");
  const refused = (refusal: Refusal, reported = true) => {
    if (reported) record.refuse(refusal);
    else context.metrics.unrecorded(refusal);
    endWithPage(socket, { refusal, host: record.host, at: record.at, requestId: record.id });
  };
  if (inside) record.amend({ host: inside.target.host, port: inside.target.port });
  const admission = admit(context, session);
  if (!admission.ok) {
    refused(admission.refusal, admission.reported);
    return;
  }
  const { guards } = admission.snapshot.prepared.policy;
  const target: Checked<HttpTarget> = inside
    ? checkInside(head, inside.target, guards, context.limits, context.viaToken)
    : checkHttp(head, guards, context.limits, context.viaToken);
  if (!target.ok) {
    refused(target.refusal);
    return;
  }
  const known = { host: target.host, port: target.port, path: withoutQuery(target.path) };
  record.amend(known);
  const fault = handshakeFault(head, early);
  if (fault !== undefined) {
    refused(refuse("guard.parse", fault));
    return;
  }
  record.amend({ ...known, scheme: "ws" });
  const gone = new AbortController();
  socket.once("close", () => gone.abort());
  const judgement = await judge(admission, target, "http", gone);
  if (!judgement.ok) {
    refused(judgement.refusal);
    return;
  }
  const { route } = judgement;
  const { limits, viaToken } = context;
  const dialled =
    route.kind === "parent"
      ? await tunnelThrough(route, target, limits, viaToken, gone.signal)
      : await dial(route, target.port, limits.dialMs, gone.signal);
  const finish = (outcome: Finished) =>
    record.finish(judgement.decision, { bytesUp: 0, bytesDown: 0, ...outcome });
  if (!dialled.ok) {
    finish({ reason: dialled.reason, status: 502 });
    endUnreachable(socket, record, dialled.reason);
    return;
  }
  await handshake({
    context,
    session,
    head,
    target,
    record,
    socket,
    upstream: dialled.socket,
    address: dialled.address,
    finish,
  });
}

type Finished = {
  reason?: string;
  status?: number;
  address?: string;
  bytesUp?: number;
  bytesDown?: number;
};

/** RFC 6455 4.1, as strictly as it is written; h2c and everything else ends here. */
function handshakeFault(head: RequestHead, early: Buffer): string | undefined {
  const one = (name: string) => {
    const values = valuesOf(head.rawHeaders, name);
    return values.length === 1 ? values[0] : undefined;
  };
  if (one("upgrade")?.toLowerCase() !== "websocket") return "upgrade";
  if (head.method !== "GET" || head.httpVersion !== "1.1" || hasBody(head))
    return "websocket-request";
  if (!tokensOf(head.rawHeaders, "connection").includes("upgrade")) return "websocket-request";
  if (!/^[A-Za-z0-9+/]{22}==$/.test(one("sec-websocket-key") ?? "")) return "websocket-key";
  if (one("sec-websocket-version") !== "13") return "websocket-version";
  // Frames before the answer would be read as a second request by an origin that declines.
  return early.length > 0 ? "websocket-early-data" : undefined;
}

interface Handshake {
  readonly context: ProxyContext;
  readonly session: SessionState;
  readonly head: RequestHead;
  readonly target: HttpTarget;
  readonly record: OpenRecord;
  readonly socket: Socket;
  readonly upstream: Socket;
  readonly address: string;
  readonly finish: (outcome: Finished) => void;
}

async function handshake(to: Handshake): Promise<void> {
  const { context, socket, upstream, address, finish, record } = to;
  const answer = await ask(to);
  if (answer.kind === "switched" && acceptsUs(to.head, answer.untrustedAnswer)) {
    const headers = endToEnd(answer.untrustedAnswer.rawHeaders, "response");
    socket.write(rawHead(101, ["Connection", "Upgrade", "Upgrade", "websocket", ...headers]));
    socket.write(answer.early);
    const ended = await spliceAlone(socket, upstream, context.limits, to.session.meter);
    finish({
      ...ended,
      status: 101,
      address,
      reason: ended.reason === "closed" ? "rule" : `tunnel-${ended.reason}`,
    });
    return;
  }
  if (answer.kind === "declined") {
    const { untrustedAnswer } = answer;
    const status = untrustedAnswer.statusCode ?? 502;
    const headers = responseHeaders(untrustedAnswer.rawHeaders, status);
    socket.write(rawHead(status, [...headers, "Connection", "close"]));
    await pipeline(untrustedAnswer, socket).catch(() => socket.destroy());
    finish({ reason: "websocket-declined", status, address, bytesDown: upstream.bytesRead });
    upstream.destroy();
    return;
  }
  upstream.destroy();
  finish({ reason: "upstream-error", status: 502, address });
  endUnreachable(socket, record, "upstream-error");
}

function endUnreachable(socket: Socket, record: OpenRecord, reason: string): void {
  const refusal = { rule: "upstream", reason, status: 502 };
  endWithPage(socket, { refusal, host: record.host, at: record.at, requestId: record.id });
}

type Answer =
  | { readonly kind: "switched"; readonly untrustedAnswer: IncomingMessage; readonly early: Buffer }
  | { readonly kind: "declined"; readonly untrustedAnswer: IncomingMessage }
  | { readonly kind: "failed" };

function ask(to: Handshake): Promise<Answer> {
  const { head, target, context, socket, upstream } = to;
  const headers = requestHeaders(head, target, context.viaToken);
  headers.push("Connection", "Upgrade", "Upgrade", "websocket");
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const request = httpRequest({
    method: "GET",
    path: target.path,
    headers,
    // No `agent`, not even false: with one, node:http ignores this and dials by itself.
    createConnection: () => upstream,
    setHost: false,
  });
  const limit = setTimeout(() => request.destroy(), context.limits.dialMs);
  const settle = (answer: Answer) => {
    clearTimeout(limit);
    resolve(answer);
  };
  socket.once("close", () => request.destroy());
  // A parent's connection comes paused; now somebody listens.
  request.once("socket", () => upstream.resume());
  request.once("upgrade", (untrustedAnswer, _socket, early) =>
    settle({ kind: "switched", untrustedAnswer, early }),
  );
  request.once("response", (untrustedAnswer) => settle({ kind: "declined", untrustedAnswer }));
  request.once("error", () => settle({ kind: "failed" }));
  request.once("close", () => settle({ kind: "failed" }));
  request.end();
  return promise;
}

const acceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function acceptsUs(head: RequestHead, answer: IncomingMessage): boolean {
  const key = valuesOf(head.rawHeaders, "sec-websocket-key")[0] ?? "";
  const expected = createHash("sha1").update(`${key}${acceptGuid}`).digest("base64");
  return (
    answer.statusCode === 101 &&
    answer.headers.upgrade?.toLowerCase() === "websocket" &&
    answer.headers["sec-websocket-accept"] === expected
  );
}

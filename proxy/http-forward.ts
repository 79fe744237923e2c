/**
 * One plain HTTP request in absolute form: judged, rebuilt, sent to the tested address, answered with a
 * rebuilt response. Nothing of the client's framing, Host or hop-by-hop headers reaches the origin, and
 * nothing of the origin's reaches the client. There is no cache and no connection reuse towards origins.
 */
import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Decision } from "../policies/match.ts";
import { blockPage, pageHeaders } from "./block-page.ts";
import type { Answer, ProxyContext, SessionState } from "./context.ts";
import type { OpenRecord } from "./decision.ts";
import { dial } from "./dial.ts";
import { endToEnd, valuesOf, viaWith } from "./hop-by-hop.ts";
import { admit, judge } from "./judge.ts";
import { openRecord } from "./open-record.ts";
import type { Refusal } from "./refusal.ts";
import { checkHttp, type HttpTarget, headOf, hasBody, type RequestHead } from "./request-guard.ts";

export async function httpForward(
  context: ProxyContext,
  session: SessionState,
  untrustedRequest: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const head = headOf(untrustedRequest);
  const record = openRecord(context, session, head, "http");
  const refused = (refusal: Refusal) => answerRefusal(record, response, refusal);

  const admission = admit(context, session);
  if (!admission.ok) {
    if (admission.refusal.reason !== "request-rate" || session.rate.mayReport(performance.now())) {
      record.refuse(admission.refusal);
    }
    refused(admission.refusal);
    return;
  }
  const rules = admission.snapshot.prepared.policy.guards;
  const target = checkHttp(head, rules, context.limits, context.viaToken);
  if (!target.ok) {
    record.refuse(target.refusal);
    refused(target.refusal);
    return;
  }
  record.amend({ host: target.host, port: target.port, path: target.path.replace(/\?.*$/, "") });

  const gone = closedSignal(response);
  const judgement = await judge(admission, target, "http", gone);
  if (!judgement.ok) {
    const { refusal, byPolicy } = judgement;
    const answer = byPolicy && context.answers?.http?.(head, target, refusal, session);
    record.refuse(answer ? { ...refusal, status: answer.status } : refusal);
    if (answer) sendAnswer(response, answer);
    else refused(refusal);
    return;
  }
  const dialled = await dial(judgement.route, target.port, context.limits.dialMs, gone);
  if (!dialled.ok) {
    record.finish(judgement.decision, {
      reason: dialled.reason,
      status: 502,
      bytesUp: 0,
      bytesDown: 0,
    });
    refused({ rule: "upstream", reason: dialled.reason, status: 502 });
    return;
  }
  const { socket, address } = dialled;
  await exchange({
    context,
    head,
    target,
    record,
    decision: judgement.decision,
    socket,
    address,
    untrustedRequest,
    response,
  });
}

/** Aborts when the client's side of this exchange is gone. */
function closedSignal(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once("close", () => closed.abort());
  if (response.destroyed) closed.abort();
  return closed.signal;
}

function answerRefusal(record: OpenRecord, response: ServerResponse, refusal: Refusal): void {
  const page = { refusal, host: record.host, at: record.at, requestId: record.id };
  const body = Buffer.from(blockPage(page));
  sendAnswer(response, { status: refusal.status, headers: pageHeaders, body });
}

function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // The body of a refused request is not read, so the connection cannot be used again.
  const closing = ["Content-Length", String(body.length), "Connection", "close"];
  response.writeHead(status, [...headers, ...closing]);
  response.end(body);
}

interface Exchange {
  readonly context: ProxyContext;
  readonly head: RequestHead;
  readonly target: HttpTarget;
  readonly record: OpenRecord;
  readonly decision: Decision;
  readonly socket: Socket;
  readonly address: string;
  readonly untrustedRequest: IncomingMessage;
  readonly response: ServerResponse;
}

async function exchange(to: Exchange): Promise<void> {
  const { context, record, decision, socket, address, untrustedRequest, response } = to;
  const { idleMs } = context.limits;
  const done = (status: number, reason?: string) => {
    const bytes = { bytesUp: socket.bytesWritten, bytesDown: socket.bytesRead };
    record.finish(decision, { status, address, ...bytes, ...(reason !== undefined && { reason }) });
    socket.destroy();
  };
  socket.setTimeout(idleMs, () => socket.destroy(new Error("idle")));
  const upstream = sendableRequest(to);
  const answer = answerOf(upstream);
  response.once("close", () => {
    if (!response.writableFinished) upstream.destroy();
  });
  // The origin may answer before it has read the body; both run until the answer is complete.
  const body = pipeline(untrustedRequest, upstream).then(
    () => undefined,
    () => "request-cut",
  );
  const untrustedAnswer = await answer;
  if (!untrustedAnswer) {
    const reason = response.destroyed ? "client-closed" : "upstream-error";
    done(502, reason);
    answerRefusal(record, response, { rule: "upstream", reason, status: 502 });
    await body;
    return;
  }
  const status = untrustedAnswer.statusCode ?? 502;
  const cut = await relayAnswer(untrustedAnswer, response);
  done(status, cut);
  await body;
}

function sendableRequest(to: Exchange): ClientRequest {
  const { head, target, context, socket } = to;
  const request = httpRequest({
    method: head.method,
    path: target.path,
    headers: requestHeaders(head, target, context.viaToken),
    // No `agent`, not even false: with one, node:http ignores this and dials by itself.
    createConnection: () => socket,
    setHost: false,
    maxHeaderSize: 64 * 1024,
  });
  // Fields that do not fit are an error, never silently dropped.
  request.maxHeadersCount = 0;
  return request;
}

/** Rebuilt: Host from the target, framing from what was parsed, our Via, and one request per connection. */
export function requestHeaders(head: RequestHead, target: HttpTarget, viaToken: string): string[] {
  const headers = ["Host", authorityOf(target), ...endToEnd(head.rawHeaders, "request")];
  headers.push("Via", viaWith(head.rawHeaders, `1.1 ${viaToken}`), "Connection", "close");
  const [length] = valuesOf(head.rawHeaders, "content-length");
  if (length !== undefined) headers.push("Content-Length", String(Number(length)));
  else if (hasBody(head)) headers.push("Transfer-Encoding", "chunked");
  return headers;
}

export function authorityOf(target: HttpTarget): string {
  const host = target.kind === "ipv6" ? `[${target.host}]` : target.host;
  return target.port === 80 ? host : `${host}:${target.port}`;
}

function answerOf(upstream: ClientRequest): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    upstream.once("response", resolve);
    upstream.once("error", () => resolve(undefined));
    upstream.once("close", () => resolve(undefined));
    // A switch of protocols that nobody asked for: node:http destroys the connection, which ends in `close`.
    upstream.once("upgrade", (_answer, socket) => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

/** @returns why the answer was cut short, if it was */
async function relayAnswer(
  untrustedAnswer: IncomingMessage,
  response: ServerResponse,
): Promise<string | undefined> {
  try {
    response.writeHead(untrustedAnswer.statusCode ?? 502, responseHeaders(untrustedAnswer));
    await pipeline(untrustedAnswer, response);
    return undefined;
  } catch {
    // Half an answer must look like half an answer: the connection goes, without a proper end.
    response.destroy();
    return untrustedAnswer.complete ? "client-closed" : "upstream-cut";
  }
}

/** Without a length node:http sends chunks, or closes after the body for clients older than HTTP/1.1. */
export function responseHeaders(answer: IncomingMessage): string[] {
  const headers = endToEnd(answer.rawHeaders, "response");
  headers.push("Via", "1.1 hanare");
  const status = answer.statusCode ?? 502;
  const bodiless = status === 204 || status < 200;
  const chunked = valuesOf(answer.rawHeaders, "transfer-encoding").length > 0;
  const lengths = valuesOf(answer.rawHeaders, "content-length");
  if (!bodiless && !chunked && lengths.length === 1 && /^\d{1,15}$/.test(lengths[0] ?? "")) {
    headers.push("Content-Length", String(Number(lengths[0])));
  }
  return headers;
}

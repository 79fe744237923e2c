/** Answers on a bare socket, where the framework has no say: refused upgrades and unreadable requests. */
import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { AppError } from "../base/errors.ts";
import { errorBodyOf } from "./error-map.ts";
import { securityHeaders } from "./security-headers.ts";

/** Writes the ErrorBody of the error and closes. Returns the request id for the log. */
export function answerRaw(socket: Duplex, error: AppError): string {
  const requestId = randomUUID();
  const body = Buffer.from(JSON.stringify(errorBodyOf(error.code, requestId)));
  const headers = {
    ...securityHeaders,
    "cache-control": "no-store",
    "content-type": "application/json; charset=utf-8",
    "content-length": String(body.length),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}\r\n`;
  socket.end(Buffer.concat([Buffer.from(`${status}${lines.join("")}\r\n`), body]));
  return requestId;
}

/** Answers on a socket that node:http has let go of (CONNECT, upgrades, unparsable requests). */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { blockPage, type PageFacts, pageHeaders } from "./block-page.ts";

/** How long a peer that does not read or close may keep a refused socket. */
const closingMs = 2_000;

export function endWithPage(socket: Socket, facts: PageFacts): void {
  const body = Buffer.from(blockPage(facts));
  const headers = [...pageHeaders, "Content-Length", String(body.length), "Connection", "close"];
  endSocket(socket, Buffer.concat([rawHead(facts.refusal.status, headers), body]));
}

export function rawHead(status: number, headers: readonly string[]): Buffer {
  const reason = STATUS_CODES[status] ?? "Unknown";
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    text += `${headers[index] ?? ""}: ${headers[index + 1] ?? ""}\r\n`;
  }
  // Header values are bytes; latin1 gives back exactly those that came in.
  return Buffer.from(`${text}\r\n`, "latin1");
}

export function endSocket(socket: Socket, bytes: Buffer): void {
  if (socket.destroyed) return;
  socket.setTimeout(closingMs, () => socket.destroy());
  // Unread input at close would turn into a reset and swallow the answer.
  socket.resume();
  socket.once("finish", () => socket.destroySoon());
  socket.end(bytes);
}

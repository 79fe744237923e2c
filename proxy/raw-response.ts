/** Answers written on a bare socket: their bytes, and how the socket ends behind them. */
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
  return Buffer.from(headText(status, headers), "latin1");
}

/** To be written as latin1: header values are bytes, and that gives back exactly those that came in. */
export function headText(status: number, headers: readonly string[]): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Unknown"}\r\n${fieldLines(headers)}\r\n`;
}

/** @param headers name, value, name, value… */
export function fieldLines(headers: readonly string[]): string {
  let text = "";
  for (let index = 0; index + 1 < headers.length; index += 2) {
    text += `${headers[index] ?? ""}: ${headers[index + 1] ?? ""}\r\n`;
  }
  return text;
}

/** Up to here joining costs less than a second write. */
const joinBytes = 32 * 1024;

/** A head and a first short piece travel as one write. False: the socket is full. */
export function writeJoined(
  socket: Socket,
  head: string | undefined,
  parts: readonly Buffer[],
): boolean {
  const [first] = parts;
  if (head !== undefined && parts.length === 1 && first && first.length <= joinBytes) {
    const bytes = Buffer.allocUnsafe(head.length + first.length);
    bytes.write(head, 0, "latin1");
    first.copy(bytes, head.length);
    return socket.write(bytes);
  }
  let flowing = head === undefined || socket.write(head, "latin1");
  for (const part of parts) flowing = socket.write(part);
  return flowing;
}

/** @param patienceMs how long the peer may leave the last bytes unread */
export function endSocket(socket: Socket, bytes: Buffer, patienceMs = closingMs): void {
  if (socket.destroyed) return;
  socket.setTimeout(patienceMs, () => socket.destroy());
  // Unread input at close would turn into a reset and swallow the answer.
  socket.resume();
  socket.once("finish", () => socket.destroySoon());
  socket.end(bytes);
}

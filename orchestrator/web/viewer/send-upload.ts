/** One file of the terminal to the gateway, on a socket of its own; the answer says whether it passed. */
import type { UploadAnswer, UploadGreeting } from "../../http/file-contract.ts";
import { socketUrl } from "./first-connection.ts";

const chunkBytes = 128 * 1024;
/** How much may wait in the browser; above it the file is read no further. */
const waitingBytes = 1024 * 1024;
const pauseMs = 20;

export async function sendUpload(
  sessionId: string,
  chooser: number,
  file: File,
): Promise<UploadAnswer> {
  const url = socketUrl(`/api/sessions/${encodeURIComponent(sessionId)}/upload`);
  const socket = new WebSocket(url);
  const { promise, resolve } = Promise.withResolvers<UploadAnswer>();
  socket.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (typeof event.data === "string") resolve(JSON.parse(event.data) as UploadAnswer);
  });
  socket.addEventListener("close", () => resolve({ type: "held", why: "failed" }));
  socket.addEventListener("open", () => {
    const name = file.name.slice(-255);
    const greeting: UploadGreeting = { type: "upload", chooser, name, sizeBytes: file.size };
    socket.send(JSON.stringify(greeting));
    // A file that changes or goes away meanwhile: the gateway hears of fewer bytes than announced.
    sendBytes(socket, file).catch(() => socket.close());
  });
  return promise.finally(() => socket.close());
}

async function sendBytes(socket: WebSocket, file: File): Promise<void> {
  for (let at = 0; at < file.size; at += chunkBytes) {
    const chunk = await file.slice(at, at + chunkBytes).arrayBuffer();
    while (socket.bufferedAmount > waitingBytes && socket.readyState === WebSocket.OPEN)
      await new Promise((resolve) => window.setTimeout(resolve, pauseMs));
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(chunk);
  }
}

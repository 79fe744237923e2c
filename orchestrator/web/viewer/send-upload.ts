/** One file of the terminal to the gateway, on a socket of its own; the answers say how far it is and whether it passed. */
import type { UploadAnswer, UploadGreeting } from "../../http/file-contract.ts";
import { socketUrl } from "./first-connection.ts";

const chunkBytes = 128 * 1024;
/** How much may wait in the browser; above it the file is read no further. */
const waitingBytes = 1024 * 1024;
const pauseMs = 20;

export type UploadProgress = Extract<UploadAnswer, { type: "progress" }>;
export type UploadFate = Exclude<UploadAnswer, UploadProgress> | { readonly type: "stopped" };

const failed: UploadFate = {
  ...{ type: "held", why: "failed", reason: "failed" },
  ...{ messageJa: "", messageEn: "", mayAsk: false },
};

export interface Upload {
  readonly sessionId: string;
  readonly chooser: number;
  readonly file: File;
  /** Why an approver should let it out. */
  readonly ask?: string;
  readonly onProgress: (progress: UploadProgress) => void;
}

/** Aborted, nothing more is sent, and what has come is dropped. Never rejects. */
export async function sendUpload(upload: Upload, signal: AbortSignal): Promise<UploadFate> {
  const { ask, chooser, file, onProgress, sessionId } = upload;
  const url = socketUrl(`/api/sessions/${encodeURIComponent(sessionId)}/upload`);
  const socket = new WebSocket(url);
  const { promise, resolve } = Promise.withResolvers<UploadFate>();
  socket.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (typeof event.data !== "string") return;
    const answer = JSON.parse(event.data) as UploadAnswer;
    if (answer.type === "progress") onProgress(answer);
    else resolve(answer);
  });
  socket.addEventListener("close", () => resolve(failed));
  const stop = (): void => resolve({ type: "stopped" });
  signal.addEventListener("abort", stop);
  socket.addEventListener("open", () => {
    const name = file.name.slice(-255);
    const greeting: UploadGreeting = {
      ...{ type: "upload", chooser, name, sizeBytes: file.size },
      ...(ask === undefined ? {} : { ask }),
    };
    socket.send(JSON.stringify(greeting));
    // A file that changes or goes away meanwhile: the gateway hears of fewer bytes than announced.
    sendBytes(socket, file).catch(() => socket.close());
  });
  return promise.finally(() => {
    signal.removeEventListener("abort", stop);
    socket.close();
  });
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

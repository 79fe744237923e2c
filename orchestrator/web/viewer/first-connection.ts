/**
 * The viewer's first WebSocket, opened before the pages' code is there. What arrives meanwhile is kept in
 * order; whoever takes the connection over hears it all. Pictures are shown at once.
 */
import { showFirstPicture } from "./first-picture.ts";
import { openingOf, type Opening } from "./opening.ts";

export interface FirstConnection {
  readonly opening: Opening;
  readonly socket: WebSocket;
  /** Text messages that came before it was taken over. */
  readonly heard: string[];
  /** Ends the listening here; from now on it is the taker's. */
  readonly release: () => void;
}

let first: FirstConnection | null = null;

export function socketUrl(path: string): string {
  return `${location.protocol === "http:" ? "ws:" : "wss:"}//${location.host}${path}`;
}

/** Does nothing on a page that is no viewer. */
export function beginFirstConnection(pathname: string, search: string): void {
  const opening = openingOf(pathname, search, window);
  if (!opening) return;
  const socket = openSocket(opening);
  const heard: string[] = [];
  const listening = new AbortController();
  socket.addEventListener(
    "message",
    (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") heard.push(event.data);
    },
    { signal: listening.signal },
  );
  first = { opening, socket, heard, release: () => listening.abort() };
}

/** The connection begun for this page, once; it may have ended by now. Null when there is none. */
export function takeFirstConnection(): FirstConnection | null {
  const taken = first;
  first = null;
  taken?.release();
  return taken;
}

/** A connection that asks for what `opening` says as soon as it stands. */
export function openSocket(opening: Opening): WebSocket {
  const socket = new WebSocket(socketUrl(opening.path));
  socket.binaryType = "blob";
  socket.addEventListener("open", () => socket.send(JSON.stringify(opening.greeting)));
  // Binary messages of this socket are pictures, whole and compressed, until the display's own way stands.
  socket.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.data instanceof Blob) void showFirstPicture(event.data);
  });
  return socket;
}

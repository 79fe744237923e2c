/**
 * The control WebSocket of one viewer: asks for a session or comes to one, connects again when it breaks,
 * and finds out from the API when there is nothing left to connect to. Typed messages go out only while it
 * is open: what a person does while the picture stands still must not happen later by surprise.
 */
import type { ErrorBody, Session } from "../../http/contract.ts";
import type { GatewayMessage, ViewerMessage } from "../../http/room-contract.ts";
import { ApiError, call } from "../base/api.ts";
import { backOffMs } from "./back-off.ts";
import { openSocket, takeFirstConnection } from "./first-connection.ts";
import { type Opening, openingOfSession, sessionPath } from "./opening.ts";

export interface ControlHandlers {
  readonly onMessage: (message: GatewayMessage) => void;
  readonly onConnection: (connected: boolean) => void;
  /** The session is not there any more; null when the API does not say why. */
  readonly onGone: (reason: Session["endReason"]) => void;
  /** There will be no session; asked again, there may be. */
  readonly onFailed: (error: ErrorBody) => void;
  /** The API refused for a reason that is not the session's (signed out, say). */
  readonly onRefused: (error: ApiError) => void;
}

export interface ControlChannel {
  readonly send: (message: ViewerMessage) => void;
  readonly close: () => void;
}

/** Takes over the page's first connection when it is for the same; reconnects go to the session itself. */
export function openControlChannel(start: Opening, handlers: ControlHandlers): ControlChannel {
  const stop = new AbortController();
  let opening = start;
  let over = false;
  let socket: WebSocket | null = null;
  let attempt = 0;
  let timer = 0;

  const hear = (text: string): void => {
    if (stop.signal.aborted) return;
    const message = JSON.parse(text) as GatewayMessage;
    attempt = 0;
    handlers.onConnection(true);
    if (message.type === "session") opening = openingOfSession(message.session.id);
    if (message.type === "failed") {
      over = true;
      handlers.onFailed(message.error);
      return;
    }
    handlers.onMessage(message);
  };

  const connect = (): void => {
    if (stop.signal.aborted) return;
    const first = takeFirstConnection();
    const usable = first?.opening.path === opening.path ? first : null;
    if (first && !usable) first.socket.close();
    const fresh = usable?.socket ?? openSocket(opening);
    const closed = (): void => {
      if (stop.signal.aborted || socket !== fresh) return;
      socket = null;
      if (over) return;
      handlers.onConnection(false);
      void askWhy();
    };
    socket = fresh;
    for (const text of usable?.heard ?? []) hear(text);
    fresh.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (typeof event.data === "string") hear(event.data);
    });
    // One that was taken over may have ended before anybody listened.
    if (fresh.readyState === WebSocket.CLOSED) closed();
    else fresh.addEventListener("close", closed);
  };

  /** A refused WebSocket does not say why; the API does. */
  const askWhy = async (): Promise<void> => {
    try {
      const { sessionId } = opening;
      // Without a session there is nothing to ask about; the question finds out whether one may ask at all.
      const about = sessionId === null ? "/api/session" : sessionPath(sessionId);
      const answer = await call<Session>("GET", about, undefined, stop.signal);
      if (sessionId !== null && (answer.endReason !== null || answer.state === "deleted")) {
        handlers.onGone(answer.endReason);
        return;
      }
    } catch (error) {
      if (stop.signal.aborted) return;
      if (error instanceof ApiError) {
        if (error.status === 404 || error.status === 410) {
          handlers.onGone(null);
          return;
        }
        if (error.status === 401 || error.status === 403) {
          handlers.onRefused(error);
          return;
        }
      }
    }
    timer = window.setTimeout(connect, backOffMs(attempt));
    attempt += 1;
  };

  const onOnline = (): void => {
    if (socket !== null || over) return;
    window.clearTimeout(timer);
    attempt = 0;
    connect();
  };
  window.addEventListener("online", onOnline, { signal: stop.signal });

  connect();
  return {
    send: (message) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close: () => {
      stop.abort();
      window.clearTimeout(timer);
      socket?.close(1000);
    },
  };
}

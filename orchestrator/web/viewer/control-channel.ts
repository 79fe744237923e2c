/**
 * The control WebSocket of one session: connects, connects again when it breaks, and finds out from the
 * API when there is nothing left to connect to. Typed messages go out only while it is open: what a
 * person does while the picture stands still must not happen later by surprise.
 */
import type { GatewayMessage, Session, ViewerMessage } from "../../http/contract.ts";
import { ApiError, call } from "../base/api.ts";
import { backOffMs } from "./back-off.ts";

export interface ControlHandlers {
  readonly onMessage: (message: GatewayMessage) => void;
  readonly onConnection: (connected: boolean) => void;
  /** The session is not there any more; null when the API does not say why. */
  readonly onGone: (reason: Session["endReason"]) => void;
  /** The API refused for a reason that is not the session's (signed out, say). */
  readonly onRefused: (error: ApiError) => void;
}

export interface ControlChannel {
  readonly send: (message: ViewerMessage) => void;
  readonly close: () => void;
}

export function socketUrl(path: string): string {
  return `${location.protocol === "http:" ? "ws:" : "wss:"}//${location.host}${path}`;
}

export function openControlChannel(sessionId: string, handlers: ControlHandlers): ControlChannel {
  const path = `/api/sessions/${encodeURIComponent(sessionId)}`;
  const stop = new AbortController();
  let socket: WebSocket | null = null;
  let attempt = 0;
  let timer = 0;

  const connect = (): void => {
    if (stop.signal.aborted) return;
    const fresh = new WebSocket(socketUrl(`${path}/control`));
    socket = fresh;
    fresh.addEventListener("message", (event) => {
      if (stop.signal.aborted) return;
      attempt = 0;
      handlers.onConnection(true);
      handlers.onMessage(JSON.parse(String(event.data)) as GatewayMessage);
    });
    fresh.addEventListener("close", () => {
      if (stop.signal.aborted || socket !== fresh) return;
      socket = null;
      handlers.onConnection(false);
      void askWhy();
    });
  };

  const askWhy = async (): Promise<void> => {
    try {
      const session = await call<Session>("GET", path, undefined, stop.signal);
      if (session.endReason !== null || session.state === "deleted") {
        handlers.onGone(session.endReason);
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
    if (socket !== null) return;
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

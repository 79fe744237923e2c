/** State of a room as the gateway tells it, over a control channel that outlives broken connections. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Download } from "../../http/file-contract.ts";
import type { ErrorBody } from "../../http/contract.ts";
import type {
  GatewayMessage,
  TabView,
  ViewerMessage,
  WindowView,
} from "../../http/room-contract.ts";
import type { MyRequest } from "../../http/request-contract.ts";
import { leaveIfSignedOut } from "../base/me.tsx";
import { autoReceive, initialReceiveState } from "./auto-receive.ts";
import { type ControlChannel, openControlChannel } from "./control-channel.ts";
import type { Ending } from "./ended-page.tsx";
import type { Opening } from "./opening.ts";
import { sinceLastGestureMs } from "./last-gesture.ts";
import { watchLink } from "./link-watch.ts";
import type { Clicked } from "./menu-entries.ts";
import { printDownload } from "./print-download.ts";
import { receiveDownload } from "./receive-download.ts";

/** A place in line. */
export type Waiting = Omit<Extract<GatewayMessage, { type: "waiting" }>, "type">;

export type Held = Omit<Extract<GatewayMessage, { type: "held" }>, "type">;

/** What is passed on at once instead of being kept. */
export interface RoomEvents {
  readonly onCaret: (caret: {
    readonly x: number;
    readonly y: number;
    readonly height: number;
  }) => void;
  readonly onClicked: (clicked: Clicked) => void;
  readonly onCopied: (text: string) => void;
  readonly onHistory: (history: History) => void;
  readonly onFileChooser: (chooser: FileChooser) => void;
}

/** A page's file field that waits for an answer. */
export type FileChooser = Omit<Extract<GatewayMessage, { type: "file-chooser" }>, "type">;

export type UploadDecided = Extract<GatewayMessage, { type: "upload-decided" }>;

/** Where a tab can go; steps count from where it is. */
export type History = Omit<Extract<GatewayMessage, { type: "history" }>, "type">;

interface RoomState {
  /** Null until there is a session. */
  readonly sessionId: string | null;
  /** Where the person stands in line, while there is no session for want of a place. */
  readonly waiting: Waiting | null;
  readonly failed: ErrorBody | null;
  readonly tabs: readonly TabView[];
  readonly active: number | null;
  /** Icons of tabs: 16×16 pixels in base64. */
  readonly icons: ReadonlyMap<number, string>;
  readonly downloads: readonly Download[];
  /** What the policy lets through; null until the gateway has said so, and then nothing passes. */
  readonly window: WindowView | null;
  /** What did not pass the window last. */
  readonly held: Held | null;
  /** How many times downloads began while this page was open. */
  readonly startedDownloads: number;
  /** Windows of the person that show this session, this one included. */
  readonly viewers: number;
  readonly graceSeconds: number;
  /** performance.now() of the idle end, while a warning stands. */
  readonly idleUntil: number | null;
  /** performance.now() of the end of the longest time, while a warning stands. */
  readonly lifetimeUntil: number | null;
  /** The request that was decided last, until the person has seen it. */
  readonly decided: MyRequest | null;
  /** The same for a file that was to go out. */
  readonly uploadDecided: UploadDecided | null;
  /** The line answers late. */
  readonly slow: boolean;
  /** The control connection was there and is not now. */
  readonly lost: boolean;
}

/** So long after a key or a click a slow line still matters. */
const feltMs = 15_000;

const empty: RoomState = {
  sessionId: null,
  waiting: null,
  failed: null,
  tabs: [],
  active: null,
  icons: new Map(),
  downloads: [],
  window: null,
  held: null,
  startedDownloads: 0,
  viewers: 1,
  graceSeconds: 30,
  idleUntil: null,
  lifetimeUntil: null,
  decided: null,
  uploadDecided: null,
  slow: false,
  lost: false,
};

export interface RoomHandle extends RoomState {
  readonly send: (message: ViewerMessage) => void;
  /** Who hears of the moments; one at a time. */
  readonly listen: (events: RoomEvents) => () => void;
  readonly forgetHeld: () => void;
  /** The person is there: tells the gateway and takes the warning away. */
  readonly continueIdle: () => void;
  readonly clearDecided: () => void;
  readonly ended: (ending: Pick<Ending, "reason" | "message">) => void;
}

/** `opening` is asked for anew whenever another one is given. */
export function useRoom(opening: Opening, onEnded: (ending: Ending) => void): RoomHandle {
  const [state, setState] = useState<RoomState>(empty);
  const channel = useRef<ControlChannel | null>(null);
  const receive = useRef(initialReceiveState);
  const lastUrl = useRef("");
  const events = useRef<RoomEvents | null>(null);

  const ended = useCallback(
    (ending: Pick<Ending, "reason" | "message">) =>
      onEnded({ ...ending, lastUrl: lastUrl.current }),
    [onEnded],
  );

  useEffect(() => {
    /** The gateway listens on this connection: there is a session. */
    let there = false;
    const onMessage = (message: GatewayMessage): void => {
      switch (message.type) {
        case "session":
          there = true;
          setState((before) => ({
            ...before,
            sessionId: message.session.id,
            waiting: null,
            viewers: 1,
            graceSeconds: message.graceSeconds,
          }));
          break;
        case "waiting": {
          const { type: _type, ...waiting } = message;
          setState((before) => ({ ...before, waiting }));
          break;
        }
        case "failed":
          // The channel tells it as the end of the opening.
          break;
        case "tabs": {
          const url = message.tabs.find((tab) => tab.id === message.active)?.url ?? "";
          if (/^https?:/i.test(url)) lastUrl.current = url;
          setState((before) => ({ ...before, tabs: message.tabs, active: message.active }));
          break;
        }
        case "tab-icons": {
          const icons = new Map(message.icons.map(({ tab, pixels }) => [tab, pixels]));
          setState((before) => ({ ...before, icons }));
          break;
        }
        case "downloads": {
          const step = autoReceive(receive.current, message.downloads);
          receive.current = step.state;
          // Here and not by way of the state: two messages may become one render.
          for (const download of message.downloads)
            if (!step.fetch.includes(download.id)) continue;
            else if (download.purpose === "print") void printDownload(download);
            else receiveDownload(download);
          setState((before) => ({
            ...before,
            downloads: message.downloads,
            startedDownloads: before.startedDownloads + (step.started ? 1 : 0),
          }));
          break;
        }
        case "viewers":
          setState((before) => ({ ...before, viewers: message.count }));
          break;
        case "window":
          setState((before) => ({ ...before, window: message.window }));
          break;
        case "held":
          setState((before) => ({ ...before, held: { what: message.what, why: message.why } }));
          break;
        case "echo":
          link.answered(message.n);
          break;
        case "caret":
          events.current?.onCaret(message);
          break;
        case "context-menu":
          events.current?.onClicked(message);
          break;
        case "copied":
          events.current?.onCopied(message.text);
          break;
        case "file-chooser":
          events.current?.onFileChooser(message);
          break;
        case "history":
          events.current?.onHistory(message);
          break;
        case "idle-warning":
          setState((before) => ({
            ...before,
            idleUntil: performance.now() + message.secondsLeft * 1000,
          }));
          break;
        case "lifetime-warning":
          setState((before) => ({
            ...before,
            lifetimeUntil: performance.now() + message.secondsLeft * 1000,
          }));
          break;
        case "upload-decided":
          setState((before) => ({ ...before, uploadDecided: message }));
          break;
        case "request-decided":
          setState((before) => ({ ...before, decided: message.request }));
          break;
        case "ended":
          ended({ reason: message.reason, message: message.message ?? null });
          break;
      }
    };
    // Before the channel: it may have heard of a failure already.
    setState((before) => ({ ...before, failed: null }));
    const opened = openControlChannel(opening, {
      onMessage,
      onFailed: (failed) => setState((before) => ({ ...before, failed })),
      onConnection: (connected) => {
        there &&= connected;
        setState((before) => ({ ...before, lost: !connected }));
      },
      onGone: (reason) => ended({ reason: reason ?? "gone", message: null }),
      onRefused: (error) => {
        if (!leaveIfSignedOut(error)) ended({ reason: "gone", message: null });
      },
    });
    channel.current = opened;
    const link = watchLink({
      ask: (n) => opened.send({ type: "echo", n }),
      onSlow: (slow) => setState((before) => ({ ...before, slow })),
      now: () => performance.now(),
      every: (ms, act) => {
        // Only while somebody would feel it: a page at rest sends nothing.
        const timer = window.setInterval(() => {
          if (there && sinceLastGestureMs() < feltMs) act();
        }, ms);
        return () => window.clearInterval(timer);
      },
    });
    return () => {
      link.close();
      opened.close();
    };
  }, [opening, ended]);

  const send = useCallback((message: ViewerMessage) => channel.current?.send(message), []);
  const continueIdle = useCallback(() => {
    send({ type: "activity" });
    setState((before) => ({ ...before, idleUntil: null }));
  }, [send]);

  const clearDecided = useCallback(
    () => setState((before) => ({ ...before, decided: null, uploadDecided: null })),
    [],
  );
  const listen = useCallback((listener: RoomEvents) => {
    events.current = listener;
    return () => {
      if (events.current === listener) events.current = null;
    };
  }, []);
  const forgetHeld = useCallback(() => setState((before) => ({ ...before, held: null })), []);

  return { ...state, send, listen, forgetHeld, continueIdle, clearDecided, ended };
}

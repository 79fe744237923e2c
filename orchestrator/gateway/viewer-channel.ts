/**
 * One viewer's control WebSocket: tells it the session's state at once and on every change, and carries
 * out its messages. Messages are checked by schema; a viewer that breaks it is disconnected.
 */
import type { RawData, WebSocket } from "ws";
import type { ToAgent } from "../../images/wire/control.ts";
import { type GatewayMessage, viewerMessage, type ViewerMessage } from "../http/room-contract.ts";
import { resolveAddress } from "./address.ts";

export interface ChannelActions {
  /** What a new tab shows, and where words go that somebody types in the address bar (one %s). */
  readonly browser: () => { readonly homepage: string; readonly search: string };
  send(message: ToAgent): void;
  active(): void;
  /** Text of the terminal's clipboard, before anybody has decided about it. */
  paste(text: string): void;
  /** The active page, on paper; nobody has decided about it yet. */
  print(): void;
  /** Sends whole pictures until `stop` aborts or their time is over. */
  firstPictures(stop: AbortSignal): void;
}

/**
 * Pasted text goes in pieces: escaped, 100,000 characters are more than one frame may carry. A piece ends
 * between characters.
 */
const pieceLength = 16_000;
/** WebSocket close code for a message that breaks the contract. */
const policyViolation = 1008;
/** A viewer that does not read is cut off instead of filling memory; it comes back and is told all anew. */
const maxBufferedBytes = 4 * 1024 * 1024;

export class ViewerChannel {
  readonly #socket: WebSocket;
  readonly #actions: ChannelActions;
  #firstPictures: AbortController | undefined;

  constructor(socket: WebSocket, actions: ChannelActions) {
    this.#socket = socket;
    this.#actions = actions;
    socket.once("close", () => this.endFirstPictures());
    socket.on("message", (data, isBinary) => {
      const message = isBinary ? undefined : parse(data);
      if (!message) return socket.close(policyViolation, "message not understood");
      if (message.type === "first-picture") return this.showFirstPictures();
      if (message.type === "echo") return this.tell(message);
      if (message.type === "paste") actions.paste(message.text);
      else if (message.type === "print") actions.print();
      else if (message.type !== "activity") {
        for (const forAgent of toAgentMessages(message, actions)) actions.send(forAgent);
      }
      actions.active();
    });
  }

  tell(message: GatewayMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > maxBufferedBytes) return this.#socket.terminate();
    this.#socket.send(JSON.stringify(message));
  }

  /** The viewer has no picture yet. Asked for once in a channel's life. */
  showFirstPictures(): void {
    if (this.#firstPictures) return;
    this.#firstPictures = new AbortController();
    this.#actions.firstPictures(this.#firstPictures.signal);
  }

  endFirstPictures(): void {
    this.#firstPictures?.abort();
  }

  close(): void {
    this.#socket.close(1000, "session ended");
  }
}

/** What the text says as JSON; undefined when it is none. */
export function parseText(data: RawData): unknown {
  try {
    return JSON.parse(textOf(data));
  } catch {
    // Not JSON: the caller's schema refuses undefined and the caller says so.
    return undefined;
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return Buffer.isBuffer(data) ? data.toString("utf8") : Buffer.from(data).toString("utf8");
}

function parse(data: RawData): ViewerMessage | undefined {
  return viewerMessage.safeParse(parseText(data)).data;
}

function toAgentMessages(
  message: Exclude<
    ViewerMessage,
    { type: "activity" | "echo" | "first-picture" | "paste" | "print" }
  >,
  actions: ChannelActions,
): readonly ToAgent[] {
  if (message.type !== "insert-text") return [toAgentMessage(message, actions)];
  return pieces(message.text).map((text) => ({ type: "insert-text", text }));
}

export function pastePieces(text: string): readonly ToAgent[] {
  const all = pieces(text);
  return all.map((piece, index) => ({
    type: "paste",
    text: piece,
    last: index === all.length - 1,
  }));
}

function pieces(text: string): readonly string[] {
  if (text.length <= pieceLength) return [text];
  const halved = /[\ud800-\udbff]/.test(text[pieceLength - 1] ?? "");
  const end = halved ? pieceLength - 1 : pieceLength;
  return [text.slice(0, end), ...pieces(text.slice(end))];
}

function toAgentMessage(
  message: Exclude<
    ViewerMessage,
    { type: "activity" | "echo" | "first-picture" | "insert-text" | "paste" | "print" }
  >,
  actions: ChannelActions,
): ToAgent {
  switch (message.type) {
    case "go":
      return { type: "navigate", url: resolveAddress(message.text, actions.browser().search) };
    case "new-tab":
      return { type: "new-tab", url: actions.browser().homepage };
    case "compose": {
      // Offsets beyond the text would be refused by the browser as a whole.
      const end = message.text.length;
      const selectionStart = Math.min(message.selectionStart, end);
      return {
        ...message,
        selectionStart,
        selectionEnd: Math.max(selectionStart, Math.min(message.selectionEnd, end)),
      };
    }
    case "back":
    case "forward":
    case "reload":
    case "stop":
    case "close-tab":
    case "activate-tab":
    case "move-tab":
    case "reopen-tab":
    case "history":
    case "go-history":
    case "choose-files":
    case "key":
    case "menu":
      return message;
  }
}

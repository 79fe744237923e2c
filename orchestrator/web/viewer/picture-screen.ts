/**
 * The picture by the container's own encoder: lossless parts, moves and video on a canvas, connected again
 * when the connection breaks. Every update is acknowledged when it is drawn, so that no more comes than this
 * page can show; a page that nobody sees asks for nothing. What is no picture, or cannot be shown, is unusable,
 * and so is a way that never comes to a picture.
 */
import {
  encodeViewerScreen,
  parseCursor,
  parseUpdate,
  type ScreenCursor,
  screenFrame,
  type ViewerScreenMessage,
} from "../../../images/wire/screen.ts";
import { backOffMs } from "./back-off.ts";
import { socketUrl } from "./first-connection.ts";
import { lipSync } from "./lip-sync.ts";
import type { Picture, PictureHandlers } from "./picture.ts";
import { ScreenCanvas } from "./screen-canvas.ts";
import { followPointer } from "./screen-pointer.ts";
import { densityOf, displaySize } from "./view-size.ts";

export interface ScreenHandlers extends PictureHandlers {
  /** Said once; this picture is over. */
  readonly onUnusable: (reason: string) => void;
}

/** The gateway's code for "that was no picture". */
const unfitPicture = 4001;
/** Connections in a row that never brought a picture. */
const mostFailures = 3;
const resizePauseMs = 100;

export function canShowScreen(): boolean {
  return window.isSecureContext && "VideoDecoder" in window && "createImageBitmap" in window;
}

export function openScreenPicture(
  target: HTMLElement,
  sessionId: string,
  handlers: ScreenHandlers,
): Picture {
  const stop = new AbortController();
  let current: Connection | null = null;
  let attempt = 0;
  let failures = 0;
  let timer = 0;

  const start = (): void => {
    let shown = false;
    const connection = new Connection(target, sessionId, {
      onOpen: () => handlers.onConnection(true),
      onPicture: () => {
        shown = true;
        attempt = 0;
        failures = 0;
        handlers.onPicture();
      },
      onUnusable: (reason) => unusable(reason),
      onClose: (code) => {
        if (current !== connection || stop.signal.aborted) return;
        current = null;
        if (code === unfitPicture) return unusable("not a picture");
        if (!shown && navigator.onLine) failures += 1;
        if (failures >= mostFailures) return unusable("no picture came");
        handlers.onConnection(false);
        timer = window.setTimeout(start, backOffMs(attempt));
        attempt += 1;
      },
    });
    current = connection;
  };
  const unusable = (reason: string): void => {
    if (stop.signal.aborted) return;
    close();
    handlers.onUnusable(reason);
  };
  const close = (): void => {
    stop.abort();
    window.clearTimeout(timer);
    current?.close();
  };

  start();
  return { close };
}

interface ConnectionHandlers {
  readonly onOpen: () => void;
  readonly onPicture: () => void;
  readonly onUnusable: (reason: string) => void;
  readonly onClose: (code: number) => void;
}

/** One WebSocket with the canvas that shows what comes over it. */
class Connection {
  readonly #socket: WebSocket;
  readonly #canvas: ScreenCanvas;
  readonly #target: HTMLElement;
  readonly #handlers: ConnectionHandlers;
  readonly #gone = new AbortController();
  #expected = 1;
  #picture = false;

  constructor(target: HTMLElement, sessionId: string, handlers: ConnectionHandlers) {
    this.#target = target;
    this.#handlers = handlers;
    this.#canvas = new ScreenCanvas(handlers.onUnusable);
    const url = socketUrl(`/api/sessions/${encodeURIComponent(sessionId)}/screen`);
    const socket = new WebSocket(url, ["binary"]);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#hear(new Uint8Array(data));
    });
    socket.addEventListener("close", ({ code }) => {
      this.#end();
      handlers.onClose(code);
    });
  }

  #send(message: ViewerScreenMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeViewerScreen(message));
  }

  close(): void {
    this.#end();
    this.#socket.close();
  }

  #end(): void {
    this.#gone.abort();
    this.#canvas.close();
  }

  #opened(): void {
    const { signal } = this.#gone;
    if (signal.aborted) return;
    this.#target.append(this.#canvas.element);
    const point = (x: number, y: number, buttons: number): void =>
      this.#send({ type: "pointer", x, y, buttons });
    followPointer(this.#canvas.element, { point }, signal);
    const watch = (): void => this.#send({ type: "watch", watching: !document.hidden });
    document.addEventListener("visibilitychange", watch, { signal });
    watch();
    this.#followSize();
    this.#handlers.onOpen();
  }

  /** Two pages may show one session in windows of different sizes: it takes the size of the one in use. */
  #followSize(): void {
    const { signal } = this.#gone;
    let timer = 0;
    const ask = (): void => {
      const { width, height } = this.#target.getBoundingClientRect();
      if (width < 320 || height < 240) return;
      this.#canvas.density = densityOf(width, height, devicePixelRatio);
      this.#send({ type: "size", ...displaySize(width, height, devicePixelRatio) });
    };
    const askSoon = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, resizePauseMs);
    };
    const observer = new ResizeObserver(askSoon);
    ask();
    observer.observe(this.#target);
    onOtherDensity(askSoon, signal);
    window.addEventListener("focus", ask, { signal });
    signal.addEventListener("abort", () => {
      observer.disconnect();
      window.clearTimeout(timer);
    });
  }

  #hear(message: Uint8Array): void {
    if (this.#gone.signal.aborted) return;
    try {
      const payload = message.subarray(1);
      if (message[0] === screenFrame.cursor) this.#shape(parseCursor(payload));
      else if (message[0] === screenFrame.update) this.#update(payload);
      else throw new Error("unknown message");
    } catch (error) {
      this.#handlers.onUnusable(error instanceof Error ? error.message : "unknown");
    }
  }

  #update(payload: Uint8Array): void {
    const update = parseUpdate(payload);
    if (update.sequence !== this.#expected) throw new Error("out of order");
    this.#expected += 1;
    this.#canvas.show(update, () => {
      this.#send({ type: "ack", sequence: update.sequence });
      lipSync.drawn(update.lookedAtMs, performance.now());
      if (this.#picture || !showsSomething(this.#canvas.element)) return;
      this.#picture = true;
      this.#handlers.onPicture();
    });
  }

  #shape({ width, height, hotX, hotY, rgba }: ScreenCursor): void {
    const { style } = this.#canvas.element;
    if (width === 0 || height === 0) {
      style.cursor = "none";
      return;
    }
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    canvas
      .getContext("2d")
      ?.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
    const url = `url(${canvas.toDataURL()})`;
    style.cursor = `${url} ${hotX} ${hotY}, default`;
    const density = this.#canvas.density;
    // A browser that does not know this keeps the line above.
    const [x, y] = [hotX / density, hotY / density];
    if (density !== 1) style.cursor = `image-set(${url} ${density}x) ${x} ${y}, default`;
  }
}

/** The window came to a screen of another density, or the terminal's browser zooms. */
function onOtherDensity(changed: () => void, signal: AbortSignal): void {
  const told = (): void => {
    changed();
    if (!signal.aborted) onOtherDensity(changed, signal);
  };
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", told, {
    once: true,
    signal,
  });
}

/** An X display begins black. */
function showsSomething(canvas: HTMLCanvasElement): boolean {
  const probe = document.createElement("canvas");
  probe.width = 32;
  probe.height = 18;
  const context = probe.getContext("2d", { willReadFrequently: true });
  context?.drawImage(canvas, 0, 0, probe.width, probe.height);
  const pixels = context?.getImageData(0, 0, probe.width, probe.height).data ?? [];
  return pixels.some((value, index) => index % 4 !== 3 && value > 8);
}

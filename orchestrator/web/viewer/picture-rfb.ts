/**
 * The picture by noVNC over the picture WebSocket, connected again when it breaks: the way for terminals
 * that cannot decode video, and for a picture that the other way could not show. noVNC
 * handles pointer and wheel; keys and text go another way (keyboard/), so its canvas never gets focus.
 * What the server offers from its clipboard is dropped: remote to terminal is closed.
 */
import type RFB from "@novnc/novnc";
import { backOffMs } from "./back-off.ts";
import { socketUrl } from "./first-connection.ts";
import type { Picture, PictureHandlers } from "./picture.ts";

/** It checks the video decoders when it loads, which takes a while. */
export const loadRfb = (): Promise<typeof RFB> =>
  import("@novnc/novnc").then((module) => module.default);

export function openRfbPicture(
  target: HTMLElement,
  sessionId: string,
  handlers: PictureHandlers,
): Picture {
  const stop = new AbortController();
  let rfb: RFB | null = null;
  let connected = false;
  let attempt = 0;
  let timer = 0;

  const connect = async (): Promise<void> => {
    const Client = await loadRfb();
    if (stop.signal.aborted) return;
    const url = socketUrl(`/api/sessions/${encodeURIComponent(sessionId)}/picture`);
    const fresh = new Client(target, url, { shared: true, wsProtocols: ["binary"] });
    rfb = fresh;
    configure(fresh);
    fresh.addEventListener("connect", () => {
      connected = true;
      attempt = 0;
      handlers.onConnection(true);
      watchFirstPicture(target, handlers.onPicture, () => rfb !== fresh || stop.signal.aborted);
    });
    fresh.addEventListener("disconnect", () => {
      if (rfb === fresh) rfb = null;
      connected = false;
      if (stop.signal.aborted) return;
      handlers.onConnection(false);
      connectLater();
    });
  };

  const connectLater = (): void => {
    timer = window.setTimeout(start, backOffMs(attempt));
    attempt += 1;
  };
  /** noVNC's own code may fail to load over a broken connection: the same remedy as for a lost picture. */
  const start = (): void => {
    connect().catch(() => {
      if (!stop.signal.aborted) connectLater();
    });
  };

  // Two pages may show one session in windows of different sizes: it takes the size of the one in use.
  window.addEventListener(
    "focus",
    () => {
      if (connected && rfb) rfb.resizeSession = true;
    },
    { signal: stop.signal },
  );

  start();
  return {
    close: () => {
      stop.abort();
      window.clearTimeout(timer);
      rfb?.disconnect();
    },
  };
}

function configure(rfb: RFB): void {
  rfb.background = "transparent";
  rfb.focusOnClick = false;
  rfb.scaleViewport = false;
  rfb.clipViewport = false;
  rfb.resizeSession = true;
  rfb.showDotCursor = false;
  rfb.qualityLevel = 6;
  rfb.compressionLevel = 2;
}

/** noVNC has no event for it: looks at a small copy of its canvas on each frame until it is not black. */
function watchFirstPicture(target: HTMLElement, done: () => void, cancelled: () => boolean): void {
  const probe = document.createElement("canvas");
  probe.width = 32;
  probe.height = 18;
  const context = probe.getContext("2d", { willReadFrequently: true });
  const look = (): void => {
    if (cancelled() || !context) return;
    const canvas = target.querySelector("canvas");
    if (canvas && canvas.width > 0 && canvas.height > 0) {
      context.drawImage(canvas, 0, 0, probe.width, probe.height);
      const pixels = context.getImageData(0, 0, probe.width, probe.height).data;
      if (pixels.some((value, index) => index % 4 !== 3 && value > 8)) {
        done();
        return;
      }
    }
    requestAnimationFrame(look);
  };
  look();
}

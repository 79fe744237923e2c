/**
 * The picture of one session, by the better of two ways: the container's own encoder (picture-screen.ts)
 * where this page may decode video, else noVNC (picture-rfb.ts). What the first way cannot show goes the
 * second way for the rest of the page's life, and the person may ask for that; the session itself does not
 * notice. Both ways take keys the same way.
 */
import { loadRfb, openRfbPicture } from "./picture-rfb.ts";
import { canShowScreen, openScreenPicture } from "./picture-screen.ts";

export interface PictureHandlers {
  readonly onConnection: (connected: boolean) => void;
  /** Something was drawn for the first time after a connect. */
  readonly onPicture: () => void;
}

export interface Picture {
  readonly close: () => void;
}

/** `screen` where it is possible; `rfb` when the person wants it so. */
export type PictureWay = "rfb" | "screen";

export interface PictureOptions {
  readonly way: PictureWay;
  /** Which way is taken, at the start and whenever that changes by itself. */
  readonly onWay: (way: PictureWay) => void;
}

/** What could not be shown once is not tried again in this page. */
let screenFailed = false;

/** Loads early what the terminal will need. */
export function preparePicture(): void {
  // A failure is met again, and mended, when the picture opens.
  if (!canShowScreen()) loadRfb().catch(() => undefined);
}

export function openPicture(
  target: HTMLElement,
  sessionId: string,
  handlers: PictureHandlers,
  { way, onWay }: PictureOptions,
): Picture {
  let current: Picture;
  let closed = false;
  const takeRfb = (): void => {
    onWay("rfb");
    current = openRfbPicture(target, sessionId, handlers);
  };
  if (way === "screen" && !screenFailed && canShowScreen()) {
    onWay("screen");
    current = openScreenPicture(target, sessionId, {
      ...handlers,
      onUnusable: (reason) => {
        // For whoever looks after terminals; the person sees a picture again.
        console.warn(`hanare: picture by noVNC (${reason})`);
        screenFailed = true;
        current.close();
        if (closed) return;
        handlers.onConnection(false);
        takeRfb();
      },
    });
  } else takeRfb();
  return {
    close: () => {
      closed = true;
      current.close();
    },
  };
}

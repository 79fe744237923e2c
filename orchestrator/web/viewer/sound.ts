/**
 * What pages of one session play, over a WebSocket of its own, connected again when it breaks. It is there
 * while the person wants to hear: nothing is sent to a page that is muted. What is no sound ends it.
 */
import { parseSound, soundFrame, UnfitSound } from "../../../images/wire/sound.ts";
import { backOffMs } from "./back-off.ts";
import { socketUrl } from "./first-connection.ts";
import { type PlayerState, SoundPlayer } from "./sound-player.ts";

export interface SoundHandlers {
  /** `failed`: there will be none until it is asked for again. */
  readonly onState: (state: PlayerState | "failed") => void;
}

/** The gateway's codes for "that was no sound" and for "the policy lets none through". */
const final: readonly number[] = [4001, 1008];

export function openSound(sessionId: string, { onState }: SoundHandlers): { close: () => void } {
  const stop = new AbortController();
  let socket: WebSocket | null = null;
  let attempt = 0;
  let timer = 0;

  const close = (): void => {
    stop.abort();
    window.clearTimeout(timer);
    player.close();
    socket?.close();
  };
  const fail = (reason: string): void => {
    if (stop.signal.aborted) return;
    // For whoever looks after terminals; the person sees it at the button.
    console.warn(`hanare: no sound (${reason})`);
    close();
    onState("failed");
  };
  const player = new SoundPlayer({ onState, onUnusable: fail });
  const hear = (message: Uint8Array): void => {
    try {
      if (message[0] !== soundFrame) throw new UnfitSound("unknown message");
      player.take(parseSound(message.subarray(1)));
    } catch (error) {
      fail(error instanceof Error ? error.message : "unknown");
    }
  };
  const connect = (): void => {
    const url = socketUrl(`/api/sessions/${encodeURIComponent(sessionId)}/sound`);
    const fresh = new WebSocket(url, ["binary"]);
    socket = fresh;
    fresh.binaryType = "arraybuffer";
    fresh.addEventListener("open", () => {
      attempt = 0;
    });
    fresh.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (!stop.signal.aborted && data instanceof ArrayBuffer) hear(new Uint8Array(data));
    });
    fresh.addEventListener("close", ({ code }) => {
      if (stop.signal.aborted) return;
      if (final.includes(code)) {
        fail("refused");
        return;
      }
      timer = window.setTimeout(connect, backOffMs(attempt));
      attempt += 1;
    });
  };

  connect();
  return { close };
}

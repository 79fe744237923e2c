/**
 * Sound of sessions, from one program in the container to every viewer that wants to hear it. Nothing is
 * opened before a page plays something, somebody listens and the policy lets it through; what the container
 * sends is measured and parsed, never decoded. Sound is never queued: what a viewer does not take at once, and
 * what comes faster than sound does, is left out.
 */
import type { WebSocket } from "ws";
import { FrameReader, FrameTooLarge } from "../../images/wire/frame.ts";
import {
  packetMs,
  parseSound,
  soundFrame,
  soundFrameLimitBytes,
  UnfitSound,
} from "../../images/wire/sound.ts";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { SessionLink } from "../sessions/link.ts";

export interface SoundOptions {
  /** What the policy in force says now. */
  readonly mayHear: (id: SessionId) => boolean;
  readonly log: Log;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

/** WebSocket close code for "that was no sound": the viewer does without. */
const unfitSound = 4001;
const policyViolation = 1008;
const openTimeoutMs = 5000;
/** About a tenth of a second of sound. */
const mostUnsentBytes = 2048;
/** What a device writes ahead when it starts. */
const burstPackets = 40;

interface Hall {
  readonly viewers: Set<WebSocket>;
  /** While something is being heard, or about to be; aborting ends it. */
  playing: AbortController | undefined;
}

export class Sound {
  readonly #o: SoundOptions;
  readonly #halls = new Map<SessionId, Hall>();

  constructor(options: SoundOptions) {
    this.#o = options;
  }

  /** A viewer that wants to hear; it says nothing here. */
  join(id: SessionId, viewer: WebSocket): void {
    viewer.on("message", () => viewer.close(policyViolation, "message not understood"));
    if (!this.#o.mayHear(id)) {
      viewer.close(policyViolation, "sound is off");
      return;
    }
    const hall = this.#halls.get(id) ?? { viewers: new Set(), playing: undefined };
    this.#halls.set(id, hall);
    hall.viewers.add(viewer);
    viewer.once("close", () => {
      hall.viewers.delete(viewer);
      if (hall.viewers.size > 0) return;
      hall.playing?.abort(new Error("nobody listens"));
      if (this.#halls.get(id) === hall) this.#halls.delete(id);
    });
  }

  /** A page plays something, says the container. */
  sounding(id: SessionId, link: SessionLink | undefined): void {
    const hall = this.#halls.get(id);
    if (!link || !hall || hall.playing || !this.#o.mayHear(id)) return;
    const playing = new AbortController();
    hall.playing = playing;
    void this.#play(hall, link, playing.signal).finally(() => {
      if (hall.playing === playing) hall.playing = undefined;
    });
  }

  /** A change of policy reaches what is playing. */
  enforce(): void {
    for (const id of this.#halls.keys()) if (!this.#o.mayHear(id)) this.forget(id);
  }

  forget(id: SessionId): void {
    const hall = this.#halls.get(id);
    if (!hall) return;
    this.#halls.delete(id);
    hall.playing?.abort(new Error("sound is over"));
    for (const viewer of hall.viewers) viewer.close(1000, "sound is over");
  }

  async #play({ viewers }: Hall, link: SessionLink, signal: AbortSignal): Promise<void> {
    try {
      const program = await link.openSound(deadline(openTimeoutMs, "sound", signal));
      signal.addEventListener("abort", () => program.destroy(), { once: true });
      if (signal.aborted) program.destroy();
      const rate = new Rate(this.#o.now ?? (() => performance.now()));
      const reader = new FrameReader(soundFrameLimitBytes);
      for await (const chunk of program)
        for (const { type, payload } of reader.push(chunk as Buffer)) {
          if (type !== soundFrame) throw new UnfitSound("type");
          parseSound(payload);
          if (!rate.allows()) continue;
          // The type stands before the payload in the frame: both are one message, without a copy.
          const { buffer, byteOffset, length } = payload;
          offer(viewers, Buffer.from(buffer, byteOffset - 1, length + 1));
        }
    } catch (error) {
      if (signal.aborted) return;
      this.#o.log.warn({ event: "sound", outcome: "failure", reason: describeError(error) });
      if (error instanceof UnfitSound || error instanceof FrameTooLarge)
        for (const viewer of viewers) viewer.close(unfitSound, "no sound");
    }
  }
}

function offer(viewers: Iterable<WebSocket>, message: Buffer): void {
  for (const viewer of viewers)
    if (viewer.readyState === viewer.OPEN && viewer.bufferedAmount < mostUnsentBytes)
      viewer.send(message);
}

/** No more packets than time has passed for, and a start's worth ahead. */
class Rate {
  readonly #now: () => number;
  #left = burstPackets;
  #at: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  allows(): boolean {
    const now = this.#now();
    this.#left = Math.min(burstPackets, this.#left + (now - this.#at) / packetMs);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/**
 * Plays packets of sound as they come: decoded by the browser, then set one behind the other on the sound
 * device's own clock, about when the picture of the same moment is there (lip-sync.ts). What comes too late to be
 * heard in its place, or would be heard well before its picture, makes a new beginning; what would lie too far
 * behind the picture is left out.
 */
import { packetMs, type SoundPacket } from "../../../images/wire/sound.ts";
import { lipSync } from "./lip-sync.ts";

/** Less than this nobody sees (ITU-R BT.1359: from 45 ms early to 125 ms late); each correction is heard. */
const mostEarlyS = 0.06;
const mostLateS = 0.2;
const mostUndecoded = 10;
/** A gap so short is kept as silence; after a longer one it begins anew. */
const longestGap = 10;
/** Without sound for so long, the device is given back. */
const quietMs = 3000;

export type PlayerState = "playing" | "quiet" | "waiting";

export interface PlayerHandlers {
  /** `waiting`: browsers play nothing in a page that nobody has touched yet. */
  readonly onState: (state: PlayerState) => void;
  /** Said once; this player is over. */
  readonly onUnusable: (reason: string) => void;
}

export function canPlaySound(): boolean {
  return window.isSecureContext && "AudioDecoder" in window && "AudioContext" in window;
}

export class SoundPlayer {
  readonly #handlers: PlayerHandlers;
  #context: AudioContext | null = null;
  #decoder: AudioDecoder | null = null;
  #state: PlayerState = "quiet";
  /** Packets under way to the decoder, which gives one piece for each; its timestamps know of no gaps (Chromium). */
  #decoding: { sequence: number; dueMs: number }[] = [];
  #playAt = 0;
  #last = 0;
  #quiet = 0;
  #over = false;

  constructor(handlers: PlayerHandlers) {
    this.#handlers = handlers;
  }

  take({ sequence, takenAtMs, data }: SoundPacket): void {
    if (this.#over) return;
    if (!navigator.userActivation.hasBeenActive) return this.#become("waiting");
    this.#become("playing");
    this.#context ??= new AudioContext({ sampleRate: 48_000, latencyHint: "interactive" });
    if (this.#context.state === "suspended") this.#context.resume().catch(() => undefined);
    this.#decoder ??= this.#makeDecoder();
    if (this.#decoder.decodeQueueSize > mostUndecoded) return;
    const now = performance.now();
    this.#decoding.push({ sequence, dueMs: now + lipSync.dueInMs(takenAtMs, now) });
    // Packets that the decoder gives nothing for do not pile up.
    if (this.#decoding.length > 2 * mostUndecoded) this.#decoding.shift();
    const timestamp = sequence * packetMs * 1000;
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data }));
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    window.clearTimeout(this.#quiet);
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    void this.#context?.close();
    this.#become("quiet");
  }

  /** Each packet says that it is not quiet yet. */
  #become(state: PlayerState): void {
    window.clearTimeout(this.#quiet);
    if (state !== "quiet")
      this.#quiet = window.setTimeout(() => {
        void this.#context?.suspend();
        this.#become("quiet");
      }, quietMs);
    if (this.#state === state) return;
    this.#state = state;
    this.#handlers.onState(state);
  }

  #makeDecoder(): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (sound) => this.#play(sound),
      error: (error) => {
        this.close();
        this.#handlers.onUnusable(error.message);
      },
    });
    decoder.configure({ codec: "opus", sampleRate: 48_000, numberOfChannels: 2 });
    return decoder;
  }

  #play(sound: AudioData): void {
    const context = this.#context;
    const packet = this.#decoding.shift();
    if (packet && context?.state === "running") {
      const gap = packet.sequence - this.#last - 1;
      this.#last = packet.sequence;
      if (gap > 0 && gap <= longestGap) this.#playAt += (gap * packetMs) / 1000;
      const now = context.currentTime;
      const due = now + (packet.dueMs - performance.now()) / 1000;
      if (this.#playAt < Math.max(now, due - mostEarlyS)) this.#playAt = Math.max(now, due);
      if (this.#playAt <= due + mostLateS) {
        const source = context.createBufferSource();
        source.buffer = bufferOf(context, sound);
        source.connect(context.destination);
        source.start(this.#playAt);
        this.#playAt += source.buffer.duration;
      }
    }
    sound.close();
  }
}

function bufferOf(context: AudioContext, sound: AudioData): AudioBuffer {
  const channels = sound.numberOfChannels;
  const buffer = context.createBuffer(channels, sound.numberOfFrames, sound.sampleRate);
  for (let planeIndex = 0; planeIndex < channels; planeIndex += 1)
    sound.copyTo(buffer.getChannelData(planeIndex), { planeIndex, format: "f32-planar" });
  return buffer;
}

/**
 * The first pictures of a session, for a viewer whose display connection does not stand yet: whole frames,
 * compressed inside the container, passed on undecoded and bounded in size, number and time. Decoding them is
 * the terminal browser's business, as is every picture.
 */
import type { Readable } from "node:stream";
import type { WebSocket } from "ws";
import { FrameReader } from "../../images/wire/frame.ts";
import { frameType, stillFrameLimitBytes } from "../../images/wire/control.ts";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";

/** A cold start's page needs this long; the display's own connection stands well before. */
const longestMs = 10_000;
const maxFrames = 60;
/** A terminal that reads slower than this gets a newer picture later instead. */
const maxBufferedBytes = 512 * 1024;

/** A session's container, as far as it matters here. */
interface StillsLink {
  openStills(signal: AbortSignal): Promise<Readable>;
}

/** A container that has been asked for pictures. */
interface Asked {
  readonly pictures: AsyncGenerator<Buffer, void>;
  /** Waits for whoever comes; nothing more is read until then. */
  readonly first: Promise<IteratorResult<Buffer, void>>;
  readonly stop: AbortController;
}

export class FirstPictures {
  readonly #log: Log;
  readonly #waiting = new Map<SessionId, Asked>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Somebody has got this session: it draws its page while their tab is still coming up. */
  expect(id: SessionId, link: StillsLink): void {
    const asked = ask(link);
    this.#waiting.set(id, asked);
    const forget = (): void => {
      if (this.#waiting.get(id) === asked) this.#waiting.delete(id);
    };
    asked.first.then(({ done }) => done === true && forget(), forget);
    asked.stop.signal.addEventListener("abort", forget);
  }

  /**
   * Ends by itself; aborting, as the channel does when its viewer goes, ends it at once. Never throws: there is
   * another way to a picture.
   */
  async send(
    viewer: WebSocket,
    id: SessionId,
    link: StillsLink,
    signal: AbortSignal,
  ): Promise<void> {
    const { pictures, first, stop } = this.#waiting.get(id) ?? ask(link);
    this.#waiting.delete(id);
    const end = (): void => stop.abort();
    signal.addEventListener("abort", end, { once: true });
    try {
      for (let next = await first; next.done !== true; next = await pictures.next()) {
        if (viewer.readyState !== viewer.OPEN) break;
        if (viewer.bufferedAmount < maxBufferedBytes) viewer.send(next.value);
      }
    } catch (error) {
      if (stop.signal.aborted || viewer.readyState !== viewer.OPEN) return;
      this.#log.debug({
        event: "first-pictures",
        outcome: "failure",
        reason: describeError(error),
      });
    } finally {
      signal.removeEventListener("abort", end);
      stop.abort();
    }
  }
}

function ask(link: StillsLink): Asked {
  const stop = new AbortController();
  const pictures = picturesOf(link, stop);
  const first = pictures.next();
  // Whoever takes it hears of a failure; where nobody does, nobody misses a picture.
  first.catch(() => undefined);
  return { pictures, first, stop };
}

/** Every whole JPEG, until there is something else, or time or number is up. Aborts `stop` at its end. */
async function* picturesOf(link: StillsLink, stop: AbortController): AsyncGenerator<Buffer, void> {
  const until = deadline(longestMs, "first pictures", stop.signal);
  try {
    const stills = await link.openStills(until);
    const end = (): void => {
      stills.destroy();
      stop.abort();
    };
    until.addEventListener("abort", end, { once: true });
    // It may have been given up at the very moment of the answer.
    if (until.aborted) end();
    const reader = new FrameReader(stillFrameLimitBytes);
    let frames = 0;
    for await (const chunk of stills) {
      for (const { type, payload } of reader.push(chunk as Buffer)) {
        frames += 1;
        if (type !== frameType.still || !isJpeg(payload) || frames > maxFrames) return;
        yield payload;
      }
    }
  } finally {
    stop.abort();
  }
}

/** By its first bytes (ITU-T T.81, B.2.1): the terminal's browser would decode whatever format it recognizes. */
function isJpeg(picture: Buffer): boolean {
  return picture[0] === 0xff && picture[1] === 0xd8 && picture[2] === 0xff;
}

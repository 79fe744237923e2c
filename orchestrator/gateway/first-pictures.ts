/**
 * The first pictures of a session, for a viewer whose display connection does not stand yet: whole frames,
 * compressed inside the container, passed on undecoded and bounded in size, number and time. Decoding them is
 * the terminal browser's business, as is every picture.
 */
import type { WebSocket } from "ws";
import { FrameReader } from "../../images/wire/frame.ts";
import { frameType, stillFrameLimitBytes } from "../../images/wire/control.ts";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { SessionLink } from "../sessions/link.ts";

/** A cold start's page needs this long; the display's own connection stands well before. */
const longestMs = 10_000;
const maxFrames = 60;
/** A terminal that reads slower than this gets a newer picture later instead. */
const maxBufferedBytes = 512 * 1024;

/** By its first bytes (ITU-T T.81, B.2.1): the terminal's browser would decode whatever format it recognizes. */
function isJpeg(picture: Buffer): boolean {
  return picture[0] === 0xff && picture[1] === 0xd8 && picture[2] === 0xff;
}

/**
 * Ends by itself; aborting, as the channel does when its viewer goes, ends it at once. Never throws: there is
 * another way to a picture.
 */
export async function sendFirstPictures(
  viewer: WebSocket,
  link: SessionLink,
  log: Log,
  stop: AbortSignal,
): Promise<void> {
  const until = deadline(longestMs, "first pictures", stop);
  try {
    const stills = await link.openStills(until);
    until.addEventListener("abort", () => stills.destroy(), { once: true });
    const reader = new FrameReader(stillFrameLimitBytes);
    let frames = 0;
    for await (const chunk of stills) {
      for (const { type, payload } of reader.push(chunk as Buffer)) {
        frames += 1;
        if (type !== frameType.still || !isJpeg(payload) || frames > maxFrames) return;
        if (viewer.readyState !== viewer.OPEN) return;
        if (viewer.bufferedAmount < maxBufferedBytes) viewer.send(payload);
      }
    }
  } catch (error) {
    if (until.aborted || viewer.readyState !== viewer.OPEN) return;
    log.debug({ event: "first-pictures", outcome: "failure", reason: describeError(error) });
  }
}

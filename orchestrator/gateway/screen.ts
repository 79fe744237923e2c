/**
 * Joins a viewer's WebSocket to a new encoder of the container. What the container sends is measured and
 * parsed, never decoded; what breaks the format or comes faster than the viewer takes it ends this picture
 * with a code by which the viewer chooses the other way (picture.ts). The viewer's own messages are parsed
 * as well before anything inside hears of them.
 */
import type { Socket } from "node:net";
import type { RawData, WebSocket } from "ws";
import { encodeFrame, type Frame, FrameReader, FrameTooLarge } from "../../images/wire/frame.ts";
import {
  parseCursor,
  parseUpdate,
  parseViewerScreen,
  screenFrame,
  screenFrameLimitBytes,
  UnfitScreen,
} from "../../images/wire/screen.ts";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { SessionLink } from "../sessions/link.ts";

const openTimeoutMs = 5000;
/** WebSocket close code for "the container did not answer": the viewer tries again. */
const tryAgainLater = 1013;
/** WebSocket close code for "that was no picture": the viewer takes the other way. */
const unfitPicture = 4001;
const policyViolation = 1008;
/** Updates that may be on their way to a viewer; the encoder stops at two. */
const mostUnderWay = 4;
/** No pointer has more shapes in a second, wherever it moves. */
const mostCursorsPerSecond = 200;
const maxUnreadBytes = 1024 * 1024;

export async function joinScreen(viewer: WebSocket, link: SessionLink, log: Log): Promise<void> {
  const gone = new AbortController();
  viewer.once("close", () => gone.abort(new Error("viewer gone")));
  // What the viewer says meanwhile waits.
  viewer.pause();
  let code = tryAgainLater;
  try {
    const encoder = await link.openScreen(deadline(openTimeoutMs, "screen", gone.signal));
    viewer.once("close", () => encoder.destroy());
    const pictures = new Pictures();
    viewer.on("message", (data, isBinary) => {
      if (isBinary && carryOut(bytesOf(data), { link, encoder, pictures })) return;
      viewer.close(policyViolation, "message not understood");
    });
    viewer.resume();
    try {
      for await (const chunk of encoder)
        for (const message of pictures.read(chunk as Buffer)) await deliver(viewer, message);
    } finally {
      encoder.destroy();
    }
  } catch (error) {
    if (error instanceof UnfitScreen || error instanceof FrameTooLarge) code = unfitPicture;
    if (!gone.signal.aborted)
      log.warn({ event: "screen", outcome: "failure", reason: describeError(error) });
  }
  viewer.resume();
  viewer.close(code, "no picture");
}

/** What a container sends, as messages for the viewer; counts what is under way. */
class Pictures {
  readonly #reader = new FrameReader(screenFrameLimitBytes);
  #underWay = 0;
  #cursors = { count: 0, since: 0 };

  /** Throws UnfitScreen and FrameTooLarge. */
  *read(chunk: Buffer): Generator<Buffer> {
    for (const frame of this.#reader.push(chunk)) {
      this.#check(frame);
      // The type stands before the payload in the frame: both are one message, without a copy.
      const { buffer, byteOffset, length } = frame.payload;
      yield Buffer.from(buffer, byteOffset - 1, length + 1);
    }
  }

  acknowledged(): void {
    this.#underWay = Math.max(0, this.#underWay - 1);
  }

  #check({ type, payload }: Frame): void {
    if (type === screenFrame.update) {
      parseUpdate(payload);
      this.#underWay += 1;
      if (this.#underWay > mostUnderWay) throw new UnfitScreen("more than the viewer takes");
      return;
    }
    if (type !== screenFrame.cursor) throw new UnfitScreen("type");
    parseCursor(payload);
    const now = performance.now();
    if (now - this.#cursors.since > 1000) this.#cursors = { count: 0, since: now };
    this.#cursors.count += 1;
    if (this.#cursors.count > mostCursorsPerSecond) throw new UnfitScreen("cursors");
  }
}

/** Resolves when it is handed to the system: a terminal that does not read holds the container up. */
function deliver(viewer: WebSocket, message: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  viewer.send(message, (error) => (error ? reject(error) : resolve(undefined)));
  return promise;
}

interface Inside {
  readonly link: SessionLink;
  readonly encoder: Socket;
  readonly pictures: Pictures;
}

/** False for a message that is none, and when the container has stopped listening. */
function carryOut(bytes: Uint8Array, { link, encoder, pictures }: Inside): boolean {
  try {
    const message = parseViewerScreen(bytes);
    if (message.type === "ack") pictures.acknowledged();
    if (message.type === "size") {
      link.send({ ...message, type: "resize" });
      return true;
    }
    if (encoder.destroyed) return true;
    encoder.write(encodeFrame(bytes[0] ?? 0, bytes.subarray(1)));
    return encoder.writableLength <= maxUnreadBytes;
  } catch (error) {
    if (error instanceof UnfitScreen) return false;
    throw error;
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

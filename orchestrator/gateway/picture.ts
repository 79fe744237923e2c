/** Joins a viewer's WebSocket to a new RFB stream of the container: bytes both ways, back-pressure kept. */
import { pipeline } from "node:stream";
import { createWebSocketStream, type WebSocket } from "ws";
import { deadline } from "../base/deadline.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { SessionLink } from "../sessions/link.ts";

const openTimeoutMs = 5000;
/** WebSocket close code for "the container did not answer": the viewer tries again. */
const tryAgainLater = 1013;

export async function joinPicture(socket: WebSocket, link: SessionLink, log: Log): Promise<void> {
  const gone = new AbortController();
  socket.once("close", () => gone.abort(new Error("viewer gone")));
  // Its size, which the viewer's noVNC asks for by itself, is in the terminal's CSS pixels.
  link.send({ type: "scale", scalePct: 100 });
  try {
    const rfb = await link.openPicture(deadline(openTimeoutMs, "picture", gone.signal));
    const viewer = createWebSocketStream(socket);
    // Either side going away ends the other; the viewer reconnects by itself.
    pipeline(viewer, rfb, () => rfb.destroy());
    pipeline(rfb, viewer, () => viewer.destroy());
  } catch (error) {
    log.warn({ event: "picture-open", outcome: "failure", reason: describeError(error) });
    socket.close(tryAgainLater, "picture not available");
  }
}

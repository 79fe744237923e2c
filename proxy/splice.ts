/**
 * Joins two sockets until both directions have ended. Forwards a half close and gives the other
 * direction a bounded time to finish; an error or silence on either side ends both. Counts bytes.
 */
import type { Socket } from "node:net";

export interface Spliced {
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly reason: "closed" | "error" | "idle";
}

export function splice(
  client: Socket,
  upstream: Socket,
  limits: { readonly idleMs: number; readonly lingerMs: number },
): Promise<Spliced> {
  const { promise, resolve } = Promise.withResolvers<Spliced>();
  const before = { up: client.bytesRead, down: upstream.bytesRead };
  let reason: Spliced["reason"] = "closed";
  let linger: NodeJS.Timeout | undefined;

  const cut = (why: Spliced["reason"]) => {
    if (reason === "closed") reason = why;
    client.destroy();
    upstream.destroy();
  };
  const startLinger = () => {
    linger ??= setTimeout(() => cut("closed"), limits.lingerMs);
  };
  const onClose = () => {
    // Flush what the other side still owes its peer, then close: nothing new can come for it.
    for (const side of [client, upstream]) if (!side.destroyed) side.destroySoon();
    if (!client.closed || !upstream.closed) {
      startLinger();
      return;
    }
    clearTimeout(linger);
    resolve({
      bytesUp: client.bytesRead - before.up,
      bytesDown: upstream.bytesRead - before.down,
      reason,
    });
  };

  for (const side of [client, upstream]) {
    side.setTimeout(limits.idleMs, () => cut("idle"));
    side.on("error", () => cut("error"));
    side.once("end", startLinger);
    side.once("close", onClose);
  }
  client.pipe(upstream);
  upstream.pipe(client);
  // Either may have gone while the other was being dialled.
  if (client.destroyed || upstream.destroyed) cut("error");
  if (client.closed && upstream.closed) onClose();
  return promise;
}

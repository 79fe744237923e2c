/**
 * Joins two sockets until both directions have ended. Forwards a half close and gives the other
 * direction a bounded time to finish; an error or silence on either side ends both. Counts bytes.
 *
 * What comes down from the origin is the bulk of all traffic. It is read into one buffer per tunnel that
 * is used again and again, and written from there; reading goes on only when the write has left the
 * buffer, so that nothing is copied and nothing piles up.
 */
import type { OnReadOpts, Socket } from "node:net";

export interface Spliced {
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly reason: "closed" | "error" | "idle";
}

export interface SpliceLimits {
  readonly idleMs: number;
  readonly lingerMs: number;
}

/** Most tunnels are idle or small; one that fills its buffer gets a large one. */
const smallBytes = 16 * 1024;
const largeBytes = 256 * 1024;

export class Splice {
  readonly #client: Socket;
  readonly #limits: SpliceLimits;
  #upstream: Socket | undefined;

  constructor(client: Socket, limits: SpliceLimits) {
    this.#client = client;
    this.#limits = limits;
  }

  /** For `net.connect`; a connection that is dialled in vain never reads. */
  readonly reader = (): OnReadOpts => {
    const client = this.#client;
    let buffer = Buffer.allocUnsafeSlow(smallBytes);
    let isFull = false;
    const onWritten = () => {
      if (client.writableLength === 0) this.#upstream?.resume();
    };
    return {
      buffer: () => {
        if (isFull && buffer.length === smallBytes) buffer = Buffer.allocUnsafeSlow(largeBytes);
        return buffer;
      },
      callback: (bytes, from) => {
        if (client.destroyed || client.writableEnded) return true;
        isFull = bytes === from.length;
        client.write(from.subarray(0, bytes), onWritten);
        // The kernel took all of it, or the buffer is lent until it has.
        return client.writableLength === 0;
      },
    };
  };

  /** @param upstream read by `reader`, or an ordinary socket */
  run(upstream: Socket, isRead = true): Promise<Spliced> {
    const client = this.#client;
    this.#upstream = upstream;
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
      linger ??= setTimeout(() => cut("closed"), this.#limits.lingerMs);
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
      side.setTimeout(this.#limits.idleMs, () => cut("idle"));
      side.on("error", () => cut("error"));
      side.once("end", startLinger);
      side.once("close", onClose);
    }
    client.once("end", () => upstream.end());
    upstream.once("end", () => client.end());
    client.on("data", (bytes: Buffer) => {
      if (!upstream.write(bytes)) client.pause();
    });
    upstream.on("drain", () => client.resume());
    if (!isRead) {
      client.on("drain", () => upstream.resume());
      upstream.on("data", (bytes: Buffer) => {
        if (!client.write(bytes)) upstream.pause();
      });
    }
    client.resume();
    upstream.resume();
    // Either may have gone while the other was being dialled.
    if (client.destroyed || upstream.destroyed) cut("error");
    if (client.closed && upstream.closed) onClose();
    return promise;
  }
}

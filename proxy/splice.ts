/**
 * Joins two sockets until both directions have ended. Forwards a half close and gives the other
 * direction a bounded time to finish; an error or silence on either side ends both. Counts bytes.
 *
 * What comes down from the origin is the bulk of all traffic. It is read into one buffer per tunnel that
 * is used again and again, and written from there; reading goes on only when the write has left the
 * buffer, so that nothing is copied and nothing piles up.
 */
import type { OnReadOpts, Socket } from "node:net";
import type { ByteMeter } from "./byte-meter.ts";

export interface Spliced {
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly reason: "bytes" | "closed" | "error" | "idle";
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
  readonly #meter: ByteMeter;
  #upstream: Socket | undefined;
  /** Set while this client has had more than its share. */
  #held: NodeJS.Timeout | undefined;
  #cut: (why: Spliced["reason"]) => void = () => undefined;

  constructor(client: Socket, limits: SpliceLimits, meter: ByteMeter) {
    this.#client = client;
    this.#limits = limits;
    this.#meter = meter;
  }

  /** False: nothing more is to be read for now. */
  #count(bytes: number): boolean {
    const waitMs = this.#meter.take(bytes);
    if (this.#meter.isSpent) this.#cut("bytes");
    if (waitMs === 0) return this.#held === undefined;
    this.#held ??= setTimeout(() => {
      this.#held = undefined;
      if (this.#client.writableLength === 0) this.#upstream?.resume();
      if (this.#upstream?.writableNeedDrain !== true) this.#client.resume();
    }, waitMs);
    return false;
  }

  /** For `net.connect`; a connection that is dialled in vain never reads. */
  readonly reader = (): OnReadOpts => {
    const client = this.#client;
    let buffer = Buffer.allocUnsafeSlow(smallBytes);
    let isFull = false;
    const onWritten = () => {
      if (client.writableLength === 0 && !this.#held) this.#upstream?.resume();
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
        return this.#count(bytes) && client.writableLength === 0;
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
    this.#cut = cut;
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
      clearTimeout(this.#held);
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
      const isFlowing = upstream.write(bytes);
      if (!this.#count(bytes.length) || !isFlowing) client.pause();
    });
    upstream.on("drain", () => {
      if (!this.#held) client.resume();
    });
    if (!isRead) {
      client.on("drain", () => {
        if (!this.#held) upstream.resume();
      });
      upstream.on("data", (bytes: Buffer) => {
        const isFlowing = client.write(bytes);
        if (!this.#count(bytes.length) || !isFlowing) upstream.pause();
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

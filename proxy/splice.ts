/**
 * Joins two sockets until both directions have ended. Forwards a half close and gives the other
 * direction a bounded time to finish; an error or silence on either side ends both. Counts bytes.
 *
 * What comes down from the origin is the bulk of all traffic. A tunnel that is idle or says little reads into
 * a buffer that all of them share, and what it read is copied out at once. One that fills it gets a buffer of
 * its own, used again and again and written from; reading goes on only when the write has left that buffer,
 * so that nothing is copied there and nothing piles up.
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

const largeBytes = 256 * 1024;
/** Holds nothing between two reads: every callback takes its bytes out before the next one is called. */
const shared = Buffer.allocUnsafeSlow(16 * 1024);

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
    let own: Buffer | undefined;
    let isFull = false;
    const onWritten = () => {
      if (client.writableLength === 0 && !this.#held) this.#upstream?.resume();
    };
    return {
      buffer: () => {
        if (isFull) own ??= Buffer.allocUnsafeSlow(largeBytes);
        return own ?? shared;
      },
      callback: (bytes, from) => {
        if (client.destroyed || client.writableEnded) return true;
        isFull = bytes === from.length;
        client.write(ownBytes(from, bytes), onWritten);
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

/** Lent from a tunnel's own buffer; copied from the one that others read into as well. */
function ownBytes(from: Uint8Array, bytes: number): Uint8Array {
  const read = from.subarray(0, bytes);
  return from.buffer === shared.buffer ? Buffer.from(read) : read;
}

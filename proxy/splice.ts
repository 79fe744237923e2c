/**
 * Joins two sockets until both directions have ended. Forwards a half close and gives the other
 * direction a bounded time to finish; an error or silence on either side ends both. Counts bytes.
 *
 * What comes down from the origin is the bulk of all traffic. A tunnel that is idle or says little reads into
 * a buffer that all of them share, and what it read is copied out at once. One that fills it gets a buffer of
 * its own, used again and again and written from; reading goes on only when the write has left that buffer,
 * so that nothing is copied there and nothing piles up.
 *
 * The client's socket is listened to by whoever owns it; `spliceAlone` is for a socket that nobody owns.
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
  readonly #onOver: (spliced: Spliced) => void;
  #upstream: Socket | undefined;
  /** Set while this client has had more than its share. */
  #held: NodeJS.Timeout | undefined;
  #linger: NodeJS.Timeout | undefined;
  #reason: Spliced["reason"] = "closed";
  #isOver = false;
  #up = 0;
  #down = 0;
  /** Bytes at the last look, and when there were that many first. */
  #seen = -1;
  #seenAt = 0;

  /** @param onOver called once, after `join`, when both sockets are closed */
  constructor(
    client: Socket,
    limits: SpliceLimits,
    meter: ByteMeter,
    onOver: (spliced: Spliced) => void,
  ) {
    this.#client = client;
    this.#limits = limits;
    this.#meter = meter;
    this.#onOver = onOver;
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
        this.#down += bytes;
        if (client.destroyed || client.writableEnded) return true;
        isFull = bytes === from.length;
        client.write(ownBytes(from, bytes), onWritten);
        // The kernel took all of it, or the buffer is lent until it has.
        return this.#count(bytes) && client.writableLength === 0;
      },
    };
  };

  /** @param upstream read by `reader`, or an ordinary socket */
  join(upstream: Socket, isRead: boolean): void {
    const client = this.#client;
    this.#upstream = upstream;
    this.#seenAt = performance.now();
    upstream.on("end", () => {
      this.#startLinger();
      client.end();
    });
    upstream.on("close", (hadError) => this.#closed(hadError));
    upstream.on("drain", () => {
      if (!this.#held) client.resume();
    });
    if (!isRead) {
      upstream.on("data", (bytes: Buffer) => {
        this.#down += bytes.length;
        const isFlowing = client.write(bytes);
        if (!this.#count(bytes.length) || !isFlowing) upstream.pause();
      });
      upstream.resume();
    }
    // Either may have gone while the other was being dialled.
    if (client.destroyed || upstream.destroyed) this.#cut("error");
    if (client.closed && upstream.closed) this.#closed(false);
  }

  onClientData(bytes: Buffer): void {
    const upstream = this.#upstream;
    if (!upstream) return;
    this.#up += bytes.length;
    const isFlowing = upstream.write(bytes);
    if (!this.#count(bytes.length) || !isFlowing) this.#client.pause();
  }

  onClientDrain(): void {
    if (!this.#held) this.#upstream?.resume();
  }

  onClientEnd(): void {
    this.#startLinger();
    this.#upstream?.end();
  }

  onClientClose(hadError: boolean): void {
    this.#closed(hadError);
  }

  /** Called now and then; ends what nothing has moved through for too long. */
  sweep(now: number): void {
    const moved = this.#up + this.#down;
    if (moved !== this.#seen) {
      this.#seen = moved;
      this.#seenAt = now;
    } else if (now - this.#seenAt >= this.#limits.idleMs) this.#cut("idle");
  }

  #cut(why: Spliced["reason"]): void {
    if (this.#reason === "closed") this.#reason = why;
    this.#client.destroy();
    this.#upstream?.destroy();
  }

  #startLinger(): void {
    this.#linger ??= setTimeout(() => this.#cut("closed"), this.#limits.lingerMs);
  }

  #closed(hadError: boolean): void {
    const client = this.#client;
    const upstream = this.#upstream;
    if (!upstream || this.#isOver) return;
    if (hadError) this.#cut("error");
    if (client.closed && upstream.closed) {
      this.#isOver = true;
      clearTimeout(this.#linger);
      clearTimeout(this.#held);
      this.#onOver({ bytesUp: this.#up, bytesDown: this.#down, reason: this.#reason });
      return;
    }
    // Flush what the other side still owes its peer, then close: nothing new can come for it.
    if (!client.destroyed) client.destroySoon();
    if (!upstream.destroyed) upstream.destroySoon();
    if (!client.destroyed || !upstream.destroyed) this.#startLinger();
  }
}

/** Joins two sockets that nobody else listens to. Resolves when both are closed. */
export function spliceAlone(
  client: Socket,
  upstream: Socket,
  limits: SpliceLimits,
  meter: ByteMeter,
): Promise<Spliced> {
  const { promise, resolve } = Promise.withResolvers<Spliced>();
  const splice = new Splice(client, limits, meter, (spliced) => {
    clearInterval(sweeping);
    resolve(spliced);
  });
  const sweeping = setInterval(
    () => splice.sweep(performance.now()),
    Math.min(1_000, Math.ceil(limits.idleMs / 4)),
  );
  client.on("data", (bytes: Buffer) => splice.onClientData(bytes));
  client.on("drain", () => splice.onClientDrain());
  client.on("end", () => splice.onClientEnd());
  client.on("close", (hadError) => splice.onClientClose(hadError));
  splice.join(upstream, false);
  client.resume();
  return promise;
}

/** Lent from a tunnel's own buffer; copied from the one that others read into as well. */
function ownBytes(from: Uint8Array, bytes: number): Uint8Array {
  const read = from.subarray(0, bytes);
  return from.buffer === shared.buffer ? Buffer.from(read) : read;
}

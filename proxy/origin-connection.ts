/**
 * One connection to an origin over plain HTTP, in use by one exchange at a time or waiting in its
 * session's pool. Always holds: a byte that nobody asked for ends it, so that no answer can be planted
 * for the next request.
 */
import type { Socket } from "node:net";

export interface OriginUser {
  onOriginData(bytes: Buffer): void;
  onOriginDrain(): void;
  /** The origin has ended the connection, or it broke; called once. */
  onOriginGone(broken: boolean): void;
}

export class OriginConnection {
  readonly address: string;
  readonly socket: Socket;
  /** True once it has carried a whole exchange. */
  reused = false;
  idleSince = 0;
  lastAt = 0;
  #user: OriginUser | undefined;

  constructor(socket: Socket, address: string) {
    this.socket = socket;
    this.address = address;
    socket.on("data", (bytes: Buffer) => {
      this.lastAt = performance.now();
      if (this.#user) this.#user.onOriginData(bytes);
      else socket.destroy();
    });
    socket.on("drain", () => {
      this.lastAt = performance.now();
      this.#user?.onOriginDrain();
    });
    const gone = (broken: boolean) => {
      const user = this.#user;
      this.#user = undefined;
      socket.destroy();
      user?.onOriginGone(broken);
    };
    socket.on("error", () => gone(true));
    socket.on("end", () => gone(false));
    socket.on("close", () => gone(true));
  }

  get isUsable(): boolean {
    return !this.socket.destroyed && this.socket.writable && !this.socket.readableEnded;
  }

  use(user: OriginUser): void {
    this.lastAt = performance.now();
    this.#user = user;
  }

  /** Nobody hears of it any more. */
  release(): void {
    this.#user = undefined;
    this.reused = true;
  }

  destroy(): void {
    this.#user = undefined;
    this.socket.destroy();
  }
}

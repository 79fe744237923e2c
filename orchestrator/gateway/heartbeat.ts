/**
 * Finds connections that are half open: a terminal that lost its power or its network says no goodbye. Each
 * round asks every socket; one that has answered nothing since the round before is cut off, and presence
 * goes on from there. Browsers answer by themselves, in hidden tabs as well.
 */
import type { WebSocket } from "ws";

export class Heartbeat implements Disposable {
  readonly #sockets: Iterable<WebSocket>;
  readonly #known = new WeakSet<WebSocket>();
  readonly #unanswered = new WeakSet<WebSocket>();
  readonly #timer: NodeJS.Timeout;

  /** `sockets` is looked through anew each round. */
  constructor(sockets: Iterable<WebSocket>, everyMs: number) {
    this.#sockets = sockets;
    this.#timer = setInterval(() => this.#round(), everyMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #round(): void {
    for (const socket of this.#sockets) {
      if (this.#unanswered.has(socket)) {
        socket.terminate();
        continue;
      }
      if (!this.#known.has(socket)) this.#listen(socket);
      this.#unanswered.add(socket);
      socket.ping();
    }
  }

  #listen(socket: WebSocket): void {
    this.#known.add(socket);
    const answered = () => void this.#unanswered.delete(socket);
    // Whoever speaks is there, also when what it says keeps the answer waiting.
    socket.on("pong", answered).on("message", answered);
  }
}

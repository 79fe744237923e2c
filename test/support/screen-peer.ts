/** A viewer without a browser: the model of a screen, and what it answers. */
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import { encodeFrame, FrameReader } from "../../images/wire/frame.ts";
import {
  encodeViewerScreen,
  screenFrame,
  screenFrameLimitBytes,
  type ViewerScreenMessage,
} from "../../images/wire/screen.ts";
import { ScreenModel } from "./screen-model.ts";

interface Transport {
  send(type: number, payload: Uint8Array): void;
  close(): void;
}

export class ScreenPeer implements Disposable {
  readonly model = new ScreenModel();
  /** Updates are not acknowledged while this is set; they are as soon as it is not. */
  slow = false;
  readonly #transport: Transport;
  #unanswered: number[] = [];
  #work: Promise<void> = Promise.resolve();

  private constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** At the host's end of a container's connection, where the gateway would be. */
  static onSocket(socket: Socket): ScreenPeer {
    const peer = new ScreenPeer({
      send: (type, payload) => socket.write(encodeFrame(type, payload)),
      close: () => socket.destroy(),
    });
    const reader = new FrameReader(screenFrameLimitBytes);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      for (const { type, payload } of reader.push(chunk)) peer.#hear(type, payload);
    });
    // The link hands it over at rest.
    socket.resume();
    return peer;
  }

  /** Where a terminal's page would be. */
  static onWebSocket(socket: WebSocket): ScreenPeer {
    const peer = new ScreenPeer({
      send: (type, payload) => socket.send(Buffer.concat([Buffer.from([type]), payload])),
      close: () => socket.terminate(),
    });
    socket.on("message", (data: Buffer) => peer.#hear(data.readUInt8(0), data.subarray(1)));
    return peer;
  }

  send(message: ViewerScreenMessage): void {
    const bytes = encodeViewerScreen(message);
    this.#transport.send(bytes[0] ?? 0, bytes.subarray(1));
  }

  click(x: number, y: number): void {
    for (const buttons of [1, 0]) this.send({ type: "pointer", x, y, buttons });
  }

  /** One step of a wheel over a place. */
  wheel(x: number, y: number, button: 8 | 16): void {
    for (const buttons of [button, 0]) this.send({ type: "pointer", x, y, buttons });
  }

  /** Acknowledges everything that waits for it. */
  catchUp(): void {
    this.slow = false;
    for (const sequence of this.#unanswered) this.send({ type: "ack", sequence });
    this.#unanswered = [];
  }

  /** Resolves when everything that has come is carried out. Throws what an update was refused for. */
  async settled(): Promise<void> {
    await this.#work;
  }

  [Symbol.dispose](): void {
    this.#transport.close();
  }

  #hear(type: number, payload: Buffer): void {
    if (type === screenFrame.update) this.#work = this.#work.then(() => this.#show(payload));
  }

  async #show(payload: Buffer): Promise<void> {
    const sequence = await this.model.show(payload);
    this.#unanswered.push(sequence);
    if (!this.slow) this.catchUp();
  }
}

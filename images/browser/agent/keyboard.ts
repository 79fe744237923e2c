/**
 * Keys, as keysyms, to the display: a connection of its own that never sees a pixel. It knows which keys are
 * down, so that none stays down, and when the display has taken what was sent (the community's Fence
 * extension), so that text which goes another way is never faster than the key before it.
 */
import type { Socket } from "node:net";
import { connectRfb, type Read, setEncodings } from "./rfb-client.ts";

const timeoutMs = 2000;
const fenceEncoding = -312;
/** Whoever cannot be told of another size is cut off when the display takes one (TigerVNC), and keys go up. */
const desktopSizeEncoding = -223;
const updateMessage = 0;
const fenceMessage = 248;
const fenceRequest = 0x8000_0000;
const fenceBlockBefore = 1;
const bellMessage = 2;

export const keysyms = {
  controlLeft: 0xffe3,
  controlRight: 0xffe4,
  letterA: 0x61,
  letterC: 0x63,
  letterV: 0x76,
  letterX: 0x78,
} as const;

export class Keyboard {
  readonly #held = new Set<number>();
  readonly #fences: (() => void)[] = [];
  #connecting: Promise<Socket> | undefined;

  async press(keysym: number, down: boolean): Promise<void> {
    if (down) this.#held.add(keysym);
    else if (!this.#held.delete(keysym)) return;
    const message = Buffer.alloc(8);
    message.writeUInt8(4, 0);
    message.writeUInt8(down ? 1 : 0, 1);
    message.writeUInt32BE(keysym, 4);
    (await this.#socket()).write(message);
  }

  /** Lets everything go: the person left, or the way to them broke. */
  async releaseAll(): Promise<void> {
    for (const keysym of [...this.#held]) await this.press(keysym, false);
  }

  /** Presses a letter with Ctrl, whether or not the person holds Ctrl at the moment. */
  async withControl(letter: number): Promise<void> {
    const { controlLeft, controlRight } = keysyms;
    const held = this.#held.has(controlLeft) || this.#held.has(controlRight);
    if (!held) await this.press(controlLeft, true);
    await this.press(letter, true);
    await this.press(letter, false);
    if (!held) await this.press(controlLeft, false);
  }

  /** Resolves when the display has taken every key sent so far. */
  async settled(): Promise<void> {
    const socket = await this.#socket();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#fences.push(() => resolve(undefined));
    const message = Buffer.alloc(9);
    message.writeUInt8(fenceMessage, 0);
    message.writeUInt32BE(fenceRequest + fenceBlockBefore, 4);
    socket.write(message);
    await promise;
  }

  /** A connection that broke is made anew with the next key; its keys went up with it. */
  #socket(): Promise<Socket> {
    this.#connecting ??= this.#connect().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Socket> {
    const { socket, read } = await connectRfb(timeoutMs);
    socket.setNoDelay();
    socket.write(setEncodings(fenceEncoding, desktopSizeEncoding));
    const gone = (): void => {
      this.#connecting = undefined;
      this.#held.clear();
      for (const done of this.#fences.splice(0)) done();
    };
    socket.once("close", gone);
    socket.on("error", () => undefined);
    this.#hear(socket, read).catch(() => socket.destroy());
    return socket;
  }

  async #hear(socket: Socket, read: Read): Promise<never> {
    for (;;) {
      const [type] = await read(1);
      if (type === bellMessage) continue;
      if (type === updateMessage) {
        // Nobody asked for pixels: rectangles that say the display's size, and nothing behind them.
        const count = (await read(3)).readUInt16BE(1);
        await read(12 * count);
        continue;
      }
      if (type !== fenceMessage) throw new Error(`display said ${String(type)}`);
      const head = await read(8);
      const payload = await read(head.readUInt8(7));
      const flags = head.readUInt32BE(3);
      if (flags < fenceRequest) {
        this.#fences.shift()?.();
        continue;
      }
      // The server's own question: the same back, without the mark of a question.
      const answer = Buffer.alloc(9);
      answer.writeUInt8(fenceMessage, 0);
      answer.writeUInt32BE((flags - fenceRequest) & 7, 4);
      answer.writeUInt8(payload.length, 8);
      socket.write(Buffer.concat([answer, payload]));
    }
  }
}

/**
 * The small part of the X11 protocol (X.Org, "X Window System Protocol", X11R7) that a clipboard needs:
 * connect, send a request, await a reply, hear events. Little endian, no authority, no shared memory.
 */
import { EventEmitter } from "node:events";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { displaySocket } from "./processes.ts";

interface Waiting {
  readonly resolve: (reply: Buffer) => void;
  readonly reject: (error: Error) => void;
}

const unitBytes = 4;
const headBytes = 32;
/** Longest request without the BIG-REQUESTS extension, in units. */
const plainLimit = 0xffff;
const [errorCode, replyCode, genericEvent] = [0, 1, 35];

export class XClient extends EventEmitter<{ event: [Buffer]; close: [] }> {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #sequence = 0;
  #buffer = Buffer.alloc(0);
  #nextId = 0;
  /** Of the first screen. */
  root = 0;
  #idBase = 0;
  #greeted: (() => void) | undefined;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => undefined);
    socket.once("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("display gone"));
      this.#waiting.clear();
      this.emit("close");
    });
  }

  static async connect(): Promise<XClient> {
    const socket = connect(displaySocket);
    await once(socket, "connect");
    const client = new XClient(socket);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    client.#greeted = () => resolve(undefined);
    // Little endian, protocol 11.0, no authorisation.
    socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    await promise;
    const bigRequests = await client.extension("BIG-REQUESTS");
    await client.ask(request(bigRequests.opcode, 0));
    return client;
  }

  newId(): number {
    return this.#idBase + this.#nextId++;
  }

  /** Sends a request made by `request`; errors of requests without a reply are passed over. */
  send(body: Buffer): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const units = body.length / unitBytes;
    if (units <= plainLimit) {
      body.writeUInt16LE(units, 2);
      this.#socket.write(body);
      return;
    }
    const length = Buffer.alloc(unitBytes);
    length.writeUInt32LE(units + 1);
    this.#socket.write(Buffer.concat([body.subarray(0, 4), length, body.subarray(4)]));
  }

  ask(body: Buffer): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.send(body);
    this.#waiting.set(this.#sequence, { resolve, reject });
    return promise;
  }

  /** Resolves when the server has carried out everything sent so far, and taken what lay on its devices. */
  async settled(): Promise<void> {
    await this.ask(request(43, 0));
  }

  async atom(name: string): Promise<number> {
    const bytes = Buffer.from(name, "latin1");
    const reply = await this.ask(request(16, 0, [bytes.length], bytes));
    return reply.readUInt32LE(8);
  }

  /** Throws when the server has no such extension. */
  async extension(name: string): Promise<{ readonly opcode: number; readonly firstEvent: number }> {
    const bytes = Buffer.from(name, "latin1");
    const reply = await this.ask(request(98, 0, [bytes.length], bytes));
    if (reply.readUInt8(8) !== 1) throw new Error(`display without ${name}`);
    return { opcode: reply.readUInt8(9), firstEvent: reply.readUInt8(10) };
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (this.#greeted && !this.#greet(this.#greeted)) return;
    for (;;) {
      if (this.#buffer.length < headBytes) return;
      const code = this.#buffer.readUInt8(0) & 0x7f;
      const more = code === replyCode || code === genericEvent;
      const length = headBytes + (more ? this.#buffer.readUInt32LE(4) * unitBytes : 0);
      if (this.#buffer.length < length) return;
      const message = this.#buffer.subarray(0, length);
      this.#buffer = this.#buffer.subarray(length);
      this.#dispatch(code, message);
    }
  }

  /** The server's first words; false until they are whole. */
  #greet(greeted: () => void): boolean {
    if (this.#buffer.length < 8) return false;
    const length = 8 + this.#buffer.readUInt16LE(6) * unitBytes;
    if (this.#buffer.length < length) return false;
    const words = this.#buffer.subarray(0, length);
    if (words.readUInt8(0) !== 1) {
      this.#socket.destroy(new Error("display refuses"));
      return false;
    }
    this.#idBase = words.readUInt32LE(12);
    const vendorBytes = Math.ceil(words.readUInt16LE(24) / unitBytes) * unitBytes;
    this.root = words.readUInt32LE(40 + vendorBytes + words.readUInt8(29) * 8);
    this.#buffer = this.#buffer.subarray(length);
    this.#greeted = undefined;
    greeted();
    return true;
  }

  #dispatch(code: number, message: Buffer): void {
    if (code !== errorCode && code !== replyCode) {
      this.emit("event", message);
      return;
    }
    const sequence = message.readUInt16LE(2);
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    if (code === replyCode) waiting?.resolve(message);
    else waiting?.reject(new Error(`display error ${message.readUInt8(1)}`));
  }
}

/** One request: opcode, its one-byte argument, 32-bit arguments, and bytes filled up to whole units. */
export function request(
  opcode: number,
  argument: number,
  words: readonly number[] = [],
  tail: Buffer = Buffer.alloc(0),
): Buffer {
  const padded = Math.ceil(tail.length / unitBytes) * unitBytes;
  const body = Buffer.alloc(4 + words.length * 4 + padded);
  body.writeUInt8(opcode, 0);
  body.writeUInt8(argument, 1);
  for (const [index, word] of words.entries()) body.writeUInt32LE(word >>> 0, 4 + index * 4);
  tail.copy(body, 4 + words.length * 4);
  return body;
}

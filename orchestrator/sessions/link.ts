/**
 * The host's end of one session's control.sock: listens, asks every connection what it is for, and
 * turns what fits the schema into events. Nothing here trusts the container; nothing here connects to
 * a path — the container always dials. What breaks the protocol loses its connection; who keeps doing
 * so is reported as `violated`, and the session service ends the session.
 */
import { randomBytes, randomInt } from "node:crypto";
import { EventEmitter } from "node:events";
import { chmodSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import {
  controlFrameLimitBytes,
  frameType,
  type FromAgent,
  type Hello,
  type Tab,
  type ToAgent,
} from "../../images/wire/control.ts";
import {
  encodeJsonFrame,
  type Frame,
  FrameReader,
  FrameTooLarge,
} from "../../images/wire/frame.ts";
import { waitFor } from "../base/deadline.ts";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { Strikes } from "./strikes.ts";
import { TimeShare } from "./time-share.ts";
import { readHello, readMessage } from "./untrusted-frames.ts";

const helloLimitBytes = 32 * 1024;
const helloTimeoutMs = 5000;
const maxConnections = 32;
/** A container that dials more often than this finds nobody listening for a while: accepting costs, too. */
const maxDialsPerSecond = 200;
const deafMs = 5000;
/** A container that does not read is cut off instead of filling memory; a living agent dials again. */
const maxUnreadBytes = 2 * 1024 * 1024;
/** A page that is reloaded leaves one behind; so many are remembered. */
const maxGivenUp = 64;
/** A download that says nothing for so long is over. */
const downloadSilenceMs = 30_000;

export interface UntrustedDownload {
  readonly untrustedName: string;
  readonly untrustedUrl: string;
  readonly sizeBytes: number;
  readonly bytes: Socket;
}

type StreamKind = "picture" | "screen" | "sound" | "still" | "print" | "upload";
type StreamHello = Extract<Hello, { kind: StreamKind }>;

interface Opened {
  readonly socket: Socket;
  readonly said: StreamHello;
}

interface LinkEvents {
  message: [FromAgent];
  download: [UntrustedDownload];
  /** The message connection stands. */
  up: [];
  /** The message connection is gone; the agent dials again unless it died. */
  down: [];
  /** The container broke the protocol once too often; said once, with what it did last. */
  violated: [reason: string];
}

export class SessionLink extends EventEmitter<LinkEvents> implements AsyncDisposable {
  readonly #server: Server;
  readonly #log: Log;
  readonly #sockets = new Set<Socket>();
  readonly #streams = new Map<string, { kind: StreamKind; take: (opened: Opened) => void }>();
  /** Asked for, and given up before the container dialled, which is nobody's fault; the latest of them. */
  readonly #givenUp = new Set<string>();
  readonly #ready = Promise.withResolvers<undefined>();
  #control: Socket | undefined;
  #tabs: readonly Tab[] = [];
  #active: number | null = null;
  readonly #share = new TimeShare();
  readonly #strikes = new Strikes();
  #violated = false;
  #dials = { count: 0, since: 0 };
  #deaf: NodeJS.Timeout | undefined;
  readonly #path: string;

  private constructor(path: string, log: Log) {
    super();
    this.#path = path;
    this.#log = log;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = maxConnections;
    this.#server.on("drop", () => void this.#dialsTooOften());
    // A failed accept (no file descriptors left) must not end the process.
    this.#server.on("error", (error) =>
      log.warn({ event: "control-listen", outcome: "failure", reason: error.message }),
    );
  }

  /** Listens on `path`, readable and writable for the directory's group only. */
  static async listen(path: string, log: Log): Promise<SessionLink> {
    const link = new SessionLink(path, log);
    await rm(path, { force: true });
    // Nobody may be waiting for the browser when the container is found out.
    link.#ready.promise.catch(() => undefined);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    link.#server.once("error", reject);
    link.#listen(() => resolve(undefined));
    await promise;
    return link;
  }

  #listen(onListening?: () => void): void {
    this.#server.listen(this.#path, () => {
      chmodSync(this.#path, 0o660);
      onListening?.();
    });
  }

  get tabs(): { readonly tabs: readonly Tab[]; readonly active: number | null } {
    return { tabs: this.#tabs, active: this.#active };
  }

  get connected(): boolean {
    return this.#control !== undefined;
  }

  /** The container is dead: nobody waits any longer for it to become ready. */
  containerDied(): void {
    this.#ready.reject(new AppError("SESSION_START_FAILED", { detail: "container died" }));
  }

  /** Resolves when the browser inside has said that it is ready. Throws WIRE_PROTOCOL for a hostile one. */
  async ready(signal: AbortSignal): Promise<void> {
    await waitFor(this.#ready.promise, signal);
  }

  send(message: ToAgent): void {
    const control = this.#control;
    if (control === undefined || control.destroyed) return;
    if (control.writableLength > maxUnreadBytes) {
      control.destroy();
      this.#strike("control-unread");
      return;
    }
    control.write(encodeJsonFrame(frameType.message, message));
  }

  /** Resolves when the agent answers; the signal bounds how long that may take. */
  async ping(signal: AbortSignal): Promise<void> {
    const nonce = randomInt(2 ** 31);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const onMessage = (message: FromAgent): void => {
      if (message.type === "pong" && message.nonce === nonce) resolve(undefined);
    };
    this.on("message", onMessage);
    try {
      this.send({ type: "ping", nonce });
      await waitFor(promise, signal);
    } finally {
      this.off("message", onMessage);
    }
  }

  /** A new RFB stream from the container's display. */
  async openPicture(signal: AbortSignal): Promise<Socket> {
    return (await this.#openStream("picture", "open-picture", signal)).socket;
  }

  /** Frames of images/wire/screen.ts both ways, unparsed, until either side closes. */
  async openScreen(signal: AbortSignal): Promise<Socket> {
    return (await this.#openStream("screen", "open-screen", signal)).socket;
  }

  /** Frames of images/wire/sound.ts, unparsed, until either side closes. */
  async openSound(signal: AbortSignal): Promise<Socket> {
    return (await this.#openStream("sound", "open-sound", signal)).socket;
  }

  /** Whole pictures in frames, until the caller closes. */
  async openStills(signal: AbortSignal): Promise<Socket> {
    return (await this.#openStream("still", "open-stills", signal)).socket;
  }

  /** The active page as the browser prints it; the signal bounds how long it may take to be made. */
  async openPrint(signal: AbortSignal): Promise<UntrustedDownload> {
    const { socket, said } = await this.#openStream("print", "open-print", signal);
    if (said.kind !== "print") throw new AppError("WIRE_PROTOCOL", { detail: "not a print" });
    return untrustedDownload(socket, said);
  }

  /** Where a file for this chooser of a page is written to; ending it ends the file. */
  async openUpload(chooser: number, name: string, signal: AbortSignal): Promise<Socket> {
    const what = { chooser, name };
    return (await this.#openStream("upload", "open-upload", signal, what)).socket;
  }

  async #openStream(
    kind: StreamKind,
    type:
      | "open-picture"
      | "open-print"
      | "open-screen"
      | "open-sound"
      | "open-stills"
      | "open-upload",
    signal: AbortSignal,
    what: object = {},
  ): Promise<Opened> {
    const stream = randomBytes(12).toString("hex");
    const { promise, resolve } = Promise.withResolvers<Opened>();
    this.#streams.set(stream, { kind, take: resolve });
    try {
      this.send({ ...what, type, stream } as ToAgent);
      return await waitFor(promise, signal);
    } finally {
      if (this.#streams.delete(stream)) this.#giveUp(stream);
    }
  }

  #giveUp(stream: string): void {
    this.#givenUp.add(stream);
    const [oldest] = this.#givenUp;
    if (oldest !== undefined && this.#givenUp.size > maxGivenUp) this.#givenUp.delete(oldest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#deaf);
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** True when this dial is one too many; then the socket is closed to all further ones for a while. */
  #dialsTooOften(): boolean {
    const now = performance.now();
    if (now - this.#dials.since > 1000) this.#dials = { count: 0, since: now };
    this.#dials.count += 1;
    if (this.#dials.count <= maxDialsPerSecond) return false;
    if (this.#deaf === undefined) {
      this.#strike("control-flood");
      // Connections that stand stay; only listening ends.
      this.#server.close();
      this.#deaf = setTimeout(() => {
        this.#deaf = undefined;
        this.#listen();
      }, deafMs);
    }
    return true;
  }

  #accept(socket: Socket): void {
    if (this.#dialsTooOften()) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", (error) =>
      this.#log.debug({ event: "control-socket-error", reason: error.message }),
    );
    const timer = setTimeout(() => socket.destroy(), helloTimeoutMs);
    const reader = new FrameReader(helloLimitBytes);
    const onData = (chunk: Buffer): void => {
      const first = this.#guard(socket, () => reader.push(chunk).next());
      if (!first || first.done === true) return;
      clearTimeout(timer);
      socket.off("data", onData).pause();
      const rest = reader.drain();
      if (rest.length > 0) socket.unshift(rest);
      this.#hear(socket, first.value);
    };
    socket.on("data", onData);
    socket.once("close", () => clearTimeout(timer));
  }

  #hear(socket: Socket, frame: Frame): void {
    if (socket.destroyed) return;
    const { waitMs } = this.#share;
    if (waitMs > 0) setTimeout(() => this.#hear(socket, frame), waitMs);
    else this.#share.spend(() => this.#guard(socket, () => this.#greet(socket, frame)));
  }

  #greet(socket: Socket, frame: Frame): void {
    const said: Hello = readHello(frame);
    switch (said.kind) {
      case "control":
        return this.#takeControl(socket);
      case "picture":
      case "screen":
      case "sound":
      case "still":
      case "print":
      case "upload":
        return this.#takeStream(socket, said);
      case "download":
        if (!this.emit("download", untrustedDownload(socket, said))) socket.destroy();
    }
  }

  #takeStream(socket: Socket, said: StreamHello): void {
    const { kind, stream } = said;
    if (this.#givenUp.delete(stream)) {
      socket.destroy();
      return;
    }
    const waiting = this.#streams.get(stream);
    if (waiting?.kind !== kind)
      throw new AppError("WIRE_PROTOCOL", { detail: "picture nobody asked for" });
    this.#streams.delete(stream);
    waiting.take({ socket, said });
  }

  #takeControl(socket: Socket): void {
    this.#control?.destroy();
    this.#control = socket;
    const reader = new FrameReader(controlFrameLimitBytes);
    socket.on("data", (chunk: Buffer) => {
      this.#share.spend(() =>
        this.#guard(socket, () => {
          for (const frame of reader.push(chunk)) this.#message(frame);
        }),
      );
      const { waitMs } = this.#share;
      if (waitMs === 0) return;
      socket.pause();
      setTimeout(() => socket.resume(), waitMs);
    });
    socket.once("close", () => {
      if (this.#control !== socket) return;
      this.#control = undefined;
      this.emit("down");
    });
    socket.resume();
    this.emit("up");
  }

  #message(frame: Frame): void {
    const message = readMessage(frame);
    if (message.type === "ready") this.#ready.resolve(undefined);
    if (message.type === "tabs") {
      this.#tabs = message.tabs;
      this.#active = message.active;
    }
    this.emit("message", message);
  }

  /** What breaks the protocol loses its connection; the session's fate follows from how often. */
  #guard<T>(socket: Socket, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      socket.destroy();
      const reason = describeError(error).slice(0, 300);
      if (isAppError(error, "WIRE_PROTOCOL") || error instanceof FrameTooLarge)
        this.#strike(reason);
      // A record that could not be kept, for example: not the container's doing.
      else this.#log.error({ event: "wire-failure", outcome: "failure", reason });
      return undefined;
    }
  }

  #strike(reason: string): void {
    if (this.#violated) return;
    this.#log.warn({ event: "wire-violation", reason });
    if (!this.#strikes.add()) return;
    this.#violated = true;
    this.#ready.reject(new AppError("WIRE_PROTOCOL", { detail: reason }));
    this.emit("violated", reason);
  }
}

/** What is announced; one that falls silent is over. */
function untrustedDownload(
  socket: Socket,
  { name, url, size }: Extract<Hello, { kind: "download" | "print" }>,
): UntrustedDownload {
  socket.setTimeout(downloadSilenceMs, () => socket.destroy());
  return { untrustedName: name, untrustedUrl: url, sizeBytes: size, bytes: socket };
}

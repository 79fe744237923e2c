/**
 * The host's end of the virus scanner. Listens on scan.sock; the clamd container dials it and keeps idle
 * connections here. A scan takes one, speaks clamd's INSTREAM on it and reads one short reply. Only the
 * exact words for "clean" mean clean; everything else, a closed line and a timeout included, does not.
 */
import { chmod, chown, mkdir, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { AppError, describeError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { ScanOutcome } from "../verdict/decide.ts";

const replyLimitBytes = 4096;
const idleLimit = 16;
/** Idle ones and those at work. */
const connectionLimit = 64;
const socketName = "scan.sock";

const databaseFacts = z.strictObject({
  databases: z
    .array(
      z.strictObject({
        name: z.string().max(64),
        version: z.int().min(0),
        signatures: z.int().min(0),
        builtAt: z.string().max(64),
        shipped: z.boolean(),
      }),
    )
    .max(16),
});
export type DatabaseFacts = z.infer<typeof databaseFacts>["databases"];

/** Signature names reach logs, audit and pages: their own alphabet or nothing. */
function signatureName(untrusted: string): string {
  const name = untrusted.replace(/\.UNOFFICIAL$/, "");
  return /^[A-Za-z0-9._/-]{1,128}$/.test(name) ? name : "unnamed";
}

/** `reply` without its closing NUL. */
export function readReply(reply: string): ScanOutcome {
  if (reply === "stream: OK") return { kind: "clean" };
  const found = /^stream: (\S{1,256}) FOUND$/.exec(reply)?.[1];
  if (found === undefined) {
    return {
      kind: "failed",
      detail: /size limit exceeded/i.test(reply) ? "size limit" : "unexpected reply",
    };
  }
  const signature = signatureName(found);
  // ClamAV's guesses are not findings: "not scanned whole" and "looks broken" block, but accuse nobody.
  if (signature.startsWith("Heuristics.Limits.")) return { kind: "limit", signature };
  return { kind: signature.startsWith("Heuristics.") ? "suspicious" : "found", signature };
}

export class ScanDoor implements AsyncDisposable {
  readonly #server: Server;
  readonly #path: string;
  readonly #log: Log;
  readonly #idle: Socket[] = [];
  readonly #waiting = new Set<(socket: Socket) => void>();
  readonly #open = new Set<Socket>();

  private constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#welcome(socket));
    this.#server.maxConnections = connectionLimit;
    // A failed accept must not end the process.
    this.#server.on("error", (error) =>
      log.warn({ event: "scan-listen", outcome: "failure", reason: describeError(error) }),
    );
  }

  /** `uid` is the container's: it alone may connect, besides root. */
  static async open(dir: string, uid: number, log: Log): Promise<ScanDoor> {
    await mkdir(dir, { recursive: true, mode: 0o755 });
    // The container's uid must get through whatever umask this process runs under.
    await chmod(dir, 0o755);
    const path = join(dir, socketName);
    await rm(path, { force: true });
    const door = new ScanDoor(path, log);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    door.#server.once("error", reject).listen(path, () => resolve(undefined));
    await promise;
    await chmod(path, 0o600);
    if (process.getuid?.() === 0) await chown(path, uid, uid);
    return door;
  }

  get idleCount(): number {
    return this.#idle.length;
  }

  #welcome(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      const at = this.#idle.indexOf(socket);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    socket.on("error", (error) =>
      this.#log.debug({ event: "scan-connection", reason: describeError(error) }),
    );
    // An idle scanner that ends or speaks first is not one to trust with a file.
    socket.once("end", () => socket.destroy());
    this.#offer(socket);
  }

  #offer(socket: Socket): void {
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
      next(socket);
    } else if (this.#idle.length < idleLimit) this.#idle.push(socket);
    else socket.destroy();
  }

  async #take(signal: AbortSignal): Promise<Socket> {
    signal.throwIfAborted();
    const ready = this.#idle.shift();
    if (ready !== undefined) return ready;
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    const onAbort = () => {
      this.#waiting.delete(resolve);
      reject(new AppError("SCANNER_UNAVAILABLE", { why: "no connection" }, signal.reason));
    };
    this.#waiting.add(resolve);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Sends by `write`, gives back everything up to NUL or the end. The connection is used once. */
  async #ask(signal: AbortSignal, write: (socket: Socket) => Promise<void>): Promise<string> {
    const socket = await this.#take(signal);
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const onAbort = () =>
      reject(new AppError("SCANNER_UNAVAILABLE", { why: "timeout" }, signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    const replied: Buffer[] = [];
    let size = 0;
    socket.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > replyLimitBytes)
        reject(new AppError("SCANNER_UNAVAILABLE", { why: "long reply" }));
      else replied.push(chunk);
      if (chunk.includes(0)) resolve(Buffer.concat(replied).toString("latin1"));
    });
    socket.once("end", () => resolve(Buffer.concat(replied).toString("latin1")));
    socket.once("close", () => reject(new AppError("SCANNER_UNAVAILABLE", { why: "closed" })));
    try {
      const writing = write(socket);
      // The reply may come before the last byte went out; a failed write then does not matter.
      writing.catch(reject);
      return await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
    }
  }

  /** Never throws: what could not be scanned is `failed`. */
  async scan(bytes: Readable, signal: AbortSignal): Promise<ScanOutcome> {
    try {
      const reply = await this.#ask(signal, (socket) => sendStream(socket, bytes, signal));
      return reply.endsWith("\0")
        ? readReply(reply.slice(0, -1))
        : { kind: "failed", detail: "cut reply" };
    } catch (error) {
      return { kind: "failed", detail: describeError(error) };
    } finally {
      bytes.destroy();
    }
  }

  /** "ClamAV 1.4.6/27500/…": the part before the first slash. */
  async version(signal: AbortSignal): Promise<string> {
    const reply = await this.#ask(signal, (socket) =>
      send(socket, Buffer.from("zVERSION\0"), signal),
    );
    const version = /^ClamAV [A-Za-z0-9.+~-]{1,40}/.exec(reply)?.[0];
    if (version === undefined) throw new AppError("SCANNER_UNAVAILABLE", { why: "version" });
    return version;
  }

  async databases(signal: AbortSignal): Promise<DatabaseFacts> {
    const reply = await this.#ask(signal, (socket) =>
      send(socket, Buffer.from("zHANARESTATUS\0"), signal),
    );
    return databaseFacts.parse(JSON.parse(reply)).databases;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#server.close(() => resolve(undefined));
    for (const socket of this.#open) socket.destroy();
    await promise;
    await rm(this.#path, { force: true });
  }
}

async function send(socket: Socket, data: Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  socket.write(data, (error) => (error ? reject(error) : resolve(undefined)));
  await promise;
}

async function sendStream(socket: Socket, bytes: Readable, signal: AbortSignal): Promise<void> {
  await send(socket, Buffer.from("zINSTREAM\0"), signal);
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    if (chunk.length === 0) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length, 0);
    await send(socket, Buffer.concat([length, chunk]), signal);
  }
  await send(socket, Buffer.alloc(4), signal);
}

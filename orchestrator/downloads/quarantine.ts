/**
 * Where received bytes wait: one AES-256-GCM file each, mode 0600, its key in this process's memory and
 * nowhere else. Dropping the key is the deletion; removing the ciphertext is tidiness. Files are written
 * and read as streams of sealed chunks that carry their number and whether they are the last, so that
 * nothing can be cut off, swapped or repeated unnoticed. Never looks at content.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { AppError } from "../base/errors.ts";
import { isProcessAlive, processToken } from "../base/process-token.ts";

const chunkBytes = 64 * 1024;
const tagBytes = 16;
const headerBytes = 4;
const finalFlag = 0x8000_0000;
const domain = "hanare-quarantine-1";

export interface StoredFile {
  readonly id: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface Held extends StoredFile {
  readonly key: Buffer;
}

const nonceOf = (index: number): Buffer => {
  const nonce = Buffer.alloc(12);
  // A key seals one file once, so a counter never repeats under it.
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
};

const contextOf = (id: string, index: number, last: boolean): Buffer =>
  Buffer.from(`${domain}:${id}:${index}:${last ? "last" : "more"}`, "latin1");

function seal(
  held: { id: string; key: Buffer },
  index: number,
  last: boolean,
  plain: Buffer,
): Buffer {
  const cipher = createCipheriv("aes-256-gcm", held.key, nonceOf(index));
  cipher.setAAD(contextOf(held.id, index, last));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE((plain.length | (last ? finalFlag : 0)) >>> 0, 0);
  return Buffer.concat([header, sealed]);
}

function unseal(held: Held, index: number, last: boolean, sealed: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", held.key, nonceOf(index));
  decipher.setAAD(contextOf(held.id, index, last));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  return Buffer.concat([
    decipher.update(sealed.subarray(0, sealed.length - tagBytes)),
    decipher.final(),
  ]);
}

const corrupt = (id: string, detail: string, cause?: unknown): AppError =>
  new AppError("INTERNAL", { what: "quarantine", file: id, detail }, cause);

async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) throw new Error("cut off");
    done += bytesRead;
  }
}

/** Regroups a stream into chunks of one size; the last is marked and may be short or empty. */
async function* rechunk(source: Readable): AsyncGenerator<{ plain: Buffer; last: boolean }> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    waiting.push(piece);
    size += piece.length;
    if (size <= chunkBytes) continue;
    let all = Buffer.concat(waiting);
    // One whole chunk is always kept back: only the end of the stream says which one is last.
    for (; all.length > chunkBytes; all = all.subarray(chunkBytes)) {
      yield { plain: all.subarray(0, chunkBytes), last: false };
    }
    waiting = [all];
    size = all.length;
  }
  yield { plain: Buffer.concat(waiting), last: true };
}

export class Quarantine implements AsyncDisposable {
  readonly #dir: string;
  readonly #held = new Map<string, Held>();

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** Opens a folder of this process's own and removes those of processes that are gone. */
  static async open(root: string): Promise<Quarantine> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(root)) {
      if (!isProcessAlive(name)) await rm(join(root, name), { recursive: true, force: true });
    }
    const dir = join(root, processToken());
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return new Quarantine(dir);
  }

  /** Keys held, for tests and for the leak check. */
  get count(): number {
    return this.#held.size;
  }

  /** False once it was dropped. */
  holds(file: StoredFile): boolean {
    return this.#held.has(file.id);
  }

  pathOf(file: StoredFile): string {
    return join(this.#dir, file.id);
  }

  /** Throws FILE_TOO_LARGE; whatever goes wrong, neither key nor file remain. */
  async store(
    source: Readable,
    limitBytes: number,
    signal: AbortSignal,
    onBytes?: (total: number) => void,
  ): Promise<StoredFile> {
    await using undo = new AsyncDisposableStack();
    const id = randomBytes(16).toString("hex");
    const key = randomBytes(32);
    const path = join(this.#dir, id);
    undo.defer(() => rm(path, { force: true }));
    undo.defer(() => void key.fill(0));
    // The loop below rejects by itself; an error that comes before or after it must not end the process.
    source.on("error", () => undefined);
    const abort = () => void source.destroy(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    undo.defer(() => {
      source.destroy();
    });
    try {
      signal.throwIfAborted();
      const facts = await this.#write(path, { id, key }, source, limitBytes, onBytes);
      const held: Held = { id, key, ...facts };
      this.#held.set(id, held);
      undo.move();
      return { id, ...facts };
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #write(
    path: string,
    sealing: { id: string; key: Buffer },
    source: Readable,
    limitBytes: number,
    onBytes?: (total: number) => void,
  ): Promise<{ sizeBytes: number; sha256: string }> {
    const hash = createHash("sha256");
    let sizeBytes = 0;
    let index = 0;
    await using file = await open(path, "wx", 0o600);
    for await (const { plain, last } of rechunk(source)) {
      sizeBytes += plain.length;
      if (sizeBytes > limitBytes) throw new AppError("FILE_TOO_LARGE", { limitBytes });
      hash.update(plain);
      // Not `write`: on a disk that is nearly full that may keep a part and say nothing.
      await file.appendFile(seal(sealing, index, last, plain));
      index += 1;
      onBytes?.(sizeBytes);
    }
    return { sizeBytes, sha256: hash.digest("hex") };
  }

  /** Plain bytes, chunk by chunk, none before its seal was checked. The stream errors on any tampering. */
  read(file: StoredFile): Readable {
    const held = this.#held.get(file.id);
    if (held === undefined) throw corrupt(file.id, "no key");
    return Readable.from(this.#chunks(held), { objectMode: false, highWaterMark: chunkBytes });
  }

  async *#chunks(held: Held): AsyncGenerator<Buffer> {
    await using file = await open(this.pathOf(held), "r");
    const { size } = await file.stat();
    let position = 0;
    for (let index = 0; ; index += 1) {
      try {
        const header = Buffer.alloc(headerBytes);
        await readFully(file, header, position);
        const value = header.readUInt32BE(0);
        const last = (value & finalFlag) !== 0;
        const length = value & ~finalFlag;
        if (length > chunkBytes) throw new Error("chunk size");
        const sealed = Buffer.alloc(length + tagBytes);
        await readFully(file, sealed, position + headerBytes);
        position += headerBytes + sealed.length;
        const plain = unseal(held, index, last, sealed);
        if (last && position !== size) throw new Error("bytes behind the last chunk");
        yield plain;
        if (last) return;
      } catch (error) {
        throw corrupt(held.id, "does not open", error);
      }
    }
  }

  /** Forgets the key, removes the ciphertext. Idempotent. */
  async drop(file: StoredFile): Promise<void> {
    const held = this.#held.get(file.id);
    this.#held.delete(file.id);
    held?.key.fill(0);
    await rm(this.pathOf(file), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const held of this.#held.values()) held.key.fill(0);
    this.#held.clear();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

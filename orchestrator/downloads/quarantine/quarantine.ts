/**
 * Where received bytes wait: one AES-256-GCM file each, mode 0600, its key in this process's memory and
 * nowhere else. Dropping the key is the deletion; removing the ciphertext is tidiness. Never looks at content.
 */
import { randomBytes } from "node:crypto";
import { statfsSync } from "node:fs";
import { link, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { isProcessAlive, processToken } from "../../base/process-token.ts";
import { chunkBytes } from "../../base/sealed-chunks.ts";
import { corrupt, readSealed, writeSealed } from "./sealed-file.ts";

export interface StoredFile {
  readonly id: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface Held extends StoredFile {
  readonly key: Buffer;
}

export class Quarantine implements AsyncDisposable {
  readonly #dir: string;
  readonly #held = new Map<string, Held>();
  #announced = 0;

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

  /**
   * Of the disk it lies on, for whoever is not root, once everything that was announced has come and was rebuilt:
   * many files at once would otherwise all be let in for the same room.
   */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#dir);
    return bavail * bsize - 2 * this.#announced;
  }

  /** Room for so many bytes is taken until it is disposed of. */
  announce(sizeBytes: number): Disposable {
    this.#announced += sizeBytes;
    return { [Symbol.dispose]: () => void (this.#announced -= sizeBytes) };
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
      const facts = await writeSealed(path, { id, key }, source, limitBytes, onBytes);
      const held: Held = { id, key, ...facts };
      this.#held.set(id, held);
      undo.move();
      return { id, ...facts };
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Plain bytes, chunk by chunk, none before its seal was checked. The stream errors on any tampering. */
  read(file: StoredFile): Readable {
    const held = this.#held.get(file.id);
    if (held === undefined) throw corrupt(file.id, "no key");
    return Readable.from(readSealed(this.pathOf(held), held), {
      objectMode: false,
      highWaterMark: chunkBytes,
    });
  }

  /**
   * A second name for the ciphertext, and the key that opens it there: for files that outlive their session. The
   * caller answers for both from here on; dropping the file here leaves them alone.
   */
  async handOver(file: StoredFile, path: string): Promise<Buffer> {
    const held = this.#held.get(file.id);
    if (held === undefined) throw corrupt(file.id, "no key");
    const key = Buffer.from(held.key);
    await link(this.pathOf(held), path);
    return key;
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

/**
 * One file sealed with a key of its own: AES-256-GCM over chunks that carry their number and whether they are the
 * last, so that nothing can be cut off, swapped or repeated unnoticed. Written and read as streams. Knows nothing of
 * where keys are kept.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { AppError } from "../base/errors.ts";

export const chunkBytes = 64 * 1024;
const tagBytes = 16;
const headerBytes = 4;
const finalFlag = 0x8000_0000;
const domain = "hanare-quarantine-1";

export interface SealedFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The id is part of what is sealed: a file under another id does not open. */
export interface Sealing {
  readonly id: string;
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

function seal(held: Sealing, index: number, last: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", held.key, nonceOf(index));
  cipher.setAAD(contextOf(held.id, index, last));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE((plain.length | (last ? finalFlag : 0)) >>> 0, 0);
  return Buffer.concat([header, sealed]);
}

function unseal(held: Sealing, index: number, last: boolean, sealed: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", held.key, nonceOf(index));
  decipher.setAAD(contextOf(held.id, index, last));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  return Buffer.concat([
    decipher.update(sealed.subarray(0, sealed.length - tagBytes)),
    decipher.final(),
  ]);
}

export const corrupt = (id: string, detail: string, cause?: unknown): AppError =>
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

/** Throws FILE_TOO_LARGE; whatever then lies at the path is the caller's to remove. The path must be free. */
export async function writeSealed(
  path: string,
  sealing: Sealing,
  source: Readable,
  limitBytes: number,
  onBytes?: (total: number) => void,
): Promise<SealedFacts> {
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

/** Plain bytes, chunk by chunk, none before its seal was checked. Throws on any tampering. */
export async function* readSealed(path: string, sealing: Sealing): AsyncGenerator<Buffer> {
  await using file = await open(path, "r");
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
      const plain = unseal(sealing, index, last, sealed);
      if (last && position !== size) throw new Error("bytes behind the last chunk");
      yield plain;
      if (last) return;
    } catch (error) {
      throw corrupt(sealing.id, "does not open", error);
    }
  }
}

/**
 * One file sealed with a key of its own, in chunks (base/sealed-chunks). Written and read as streams. Knows nothing of
 * where keys are kept.
 */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { AppError } from "../../base/errors.ts";
import {
  chunkHeaderBytes,
  openChunk,
  readChunkHeader,
  rechunk,
  sealChunk,
} from "../../base/sealed-chunks.ts";

const contextOf = (id: string): string => `hanare-quarantine-1:${id}`;

export interface SealedFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The id is part of what is sealed: a file under another id does not open. */
export interface Sealing {
  readonly id: string;
  readonly key: Buffer;
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
  const chunks = { context: contextOf(sealing.id), key: sealing.key };
  await using file = await open(path, "wx", 0o600);
  for await (const { plain, last } of rechunk(source)) {
    sizeBytes += plain.length;
    if (sizeBytes > limitBytes) throw new AppError("FILE_TOO_LARGE", { limitBytes });
    hash.update(plain);
    // Not `write`: on a disk that is nearly full that may keep a part and say nothing.
    await file.appendFile(sealChunk(chunks, index, last, plain));
    index += 1;
    onBytes?.(sizeBytes);
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

/** Plain bytes, chunk by chunk, none before its seal was checked. Throws on any tampering. */
export async function* readSealed(path: string, sealing: Sealing): AsyncGenerator<Buffer> {
  const chunks = { context: contextOf(sealing.id), key: sealing.key };
  await using file = await open(path, "r");
  const { size } = await file.stat();
  let position = 0;
  for (let index = 0; ; index += 1) {
    try {
      const header = Buffer.alloc(chunkHeaderBytes);
      await readFully(file, header, position);
      const { sealedBytes, last } = readChunkHeader(header);
      const sealed = Buffer.alloc(sealedBytes);
      await readFully(file, sealed, position + chunkHeaderBytes);
      position += chunkHeaderBytes + sealed.length;
      const plain = openChunk(chunks, index, last, sealed);
      if (last && position !== size) throw new Error("bytes behind the last chunk");
      yield plain;
      if (last) return;
    } catch (error) {
      throw corrupt(sealing.id, "does not open", error);
    }
  }
}

/** Writes a backup file from a folder and the manifest that describes it, as a stream. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { AppError } from "../base/errors.ts";
import { type ChunkSealing, rechunk, sealChunk } from "../base/sealed-chunks.ts";
import { makeHead, tail } from "./format.ts";
import { filesOf, type Manifest } from "./manifest.ts";

export interface ArchiveSource {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly passphrase: string | undefined;
  /** Called with how many bytes of the files have been read. */
  readonly onBytes?: (done: number) => void;
}

/** The file is on disk when this resolves, with its SHA-256. Throws INTERNAL when a file is not what the manifest says. */
export async function writeArchive(
  to: FileHandle,
  source: ArchiveSource,
  signal: AbortSignal,
): Promise<string> {
  const { bytes, sealing } = await makeHead(source.passphrase);
  const hash = createHash("sha256");
  // Not `write`: on a disk that is nearly full that may keep a part and say nothing.
  const append = (piece: Buffer): Promise<void> => {
    hash.update(piece);
    return to.appendFile(piece);
  };
  await append(bytes);
  await pipeline(
    Readable.from(plainBytes(source), { objectMode: false }),
    createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
    async (packed: AsyncIterable<Buffer>) => {
      for await (const piece of sealing ? sealed(packed, sealing) : packed) await append(piece);
    },
    { signal },
  );
  sealing?.key.fill(0);
  await append(tail);
  await to.sync();
  return hash.digest("hex");
}

async function* plainBytes({ folder, manifest, onBytes }: ArchiveSource): AsyncGenerator<Buffer> {
  const text = Buffer.from(JSON.stringify(manifest));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  yield length;
  yield text;
  let done = 0;
  for (const { path, sha256 } of filesOf(manifest)) {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(join(folder, path), { highWaterMark: 1 << 20 })) {
      const piece = chunk as Buffer;
      hash.update(piece);
      done += piece.length;
      onBytes?.(done);
      yield piece;
    }
    if (hash.digest("hex") !== sha256)
      throw new AppError("INTERNAL", { what: "backup", file: path, detail: "changed meanwhile" });
  }
}

async function* sealed(
  packed: AsyncIterable<Buffer>,
  sealing: ChunkSealing,
): AsyncGenerator<Buffer> {
  let index = 0;
  for await (const { plain, last } of rechunk(packed)) {
    yield sealChunk(sealing, index, last, plain);
    index += 1;
  }
}

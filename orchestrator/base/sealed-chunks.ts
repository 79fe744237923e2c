/**
 * A stream sealed in chunks: AES-256-GCM over each, with its number and whether it is the last, so that nothing can be
 * cut off, swapped or repeated unnoticed. Knows nothing of where keys are kept or bytes lie.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";

export const chunkBytes = 64 * 1024;
const tagBytes = 16;
export const chunkHeaderBytes = 4;
const finalFlag = 0x8000_0000;

export interface ChunkSealing {
  /** Part of what is sealed: bytes under another name do not open. Printable ASCII. */
  readonly context: string;
  /** 32 bytes that seal one stream, once: nonces are counters. */
  readonly key: Buffer;
}

/** What stands in front of each chunk. */
export interface ChunkHeader {
  /** Of what follows: the sealed bytes with their tag. */
  readonly sealedBytes: number;
  readonly last: boolean;
}

const nonceOf = (index: number): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
};

const contextOf = (context: string, index: number, last: boolean): Buffer =>
  Buffer.from(`${context}:${index}:${last ? "last" : "more"}`, "latin1");

/** Header and sealed bytes. */
export function sealChunk(
  { context, key }: ChunkSealing,
  index: number,
  last: boolean,
  plain: Buffer,
): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonceOf(index));
  cipher.setAAD(contextOf(context, index, last));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const header = Buffer.alloc(chunkHeaderBytes);
  header.writeUInt32BE((plain.length | (last ? finalFlag : 0)) >>> 0, 0);
  return Buffer.concat([header, sealed]);
}

/** Throws for a length that no chunk has. */
export function readChunkHeader(header: Buffer): ChunkHeader {
  const value = header.readUInt32BE(0);
  const length = value & ~finalFlag;
  if (length > chunkBytes) throw new Error("chunk size");
  return { sealedBytes: length + tagBytes, last: (value & finalFlag) !== 0 };
}

/** Throws when anything was altered. */
export function openChunk(
  { context, key }: ChunkSealing,
  index: number,
  last: boolean,
  sealed: Buffer,
): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(index));
  decipher.setAAD(contextOf(context, index, last));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  return Buffer.concat([
    decipher.update(sealed.subarray(0, sealed.length - tagBytes)),
    decipher.final(),
  ]);
}

/** Regroups a stream into chunks of one size; the last is marked and may be short or empty. */
export async function* rechunk(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly plain: Buffer; readonly last: boolean }> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const piece of source) {
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

/** Unpacks one member: never more than the directory declares, never more than the caller allows, CRC checked. */
import { crc32, inflateRawSync } from "node:zlib";
import { Refusal } from "../context.ts";
import type { ZipEntry } from "./directory.ts";

const stored = 0;
const deflated = 8;

function inflate(packed: Buffer, entry: ZipEntry): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(entry.sizeBytes, 1) });
  } catch (error) {
    throw new Refusal(
      "blocked",
      "archive-malformed",
      error instanceof Error ? error.message : "inflate",
    );
  }
}

export function readEntry(bytes: Buffer, entry: ZipEntry, limitBytes: number): Buffer {
  if (entry.encrypted) throw new Refusal("needs_password", "password-required");
  if (entry.sizeBytes > limitBytes) throw new Refusal("blocked", "size-limit", entry.name);
  const packed = bytes.subarray(entry.dataOffset, entry.dataOffset + entry.packedBytes);
  if (entry.method !== stored && entry.method !== deflated) {
    throw new Refusal("blocked", "archive-malformed", `method ${entry.method}`);
  }
  const data = entry.method === stored ? packed : inflate(packed, entry);
  if (data.length !== entry.sizeBytes || crc32(data) !== entry.crc32) {
    throw new Refusal("blocked", "archive-malformed", "size or checksum");
  }
  return data;
}

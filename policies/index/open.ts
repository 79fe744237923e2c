/** Opens a list snapshot: all of it is read and hashed, a part at a time so that nothing else waits long. */
import { closeSync, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { decodeFooter, type Footer, footerBytes, indexBytes } from "./format.ts";
import { KeyRing, ListIndex } from "./list-index.ts";

export const snapshotFile = (folder: string, sha256: string): string =>
  join(folder, `${sha256}.list`);

const keys = new KeyRing();
const partBytes = 1024 * 1024;

/** Throws for a snapshot that is missing, cut short, or not the one that was asked for. */
export async function openIndex(folder: string, sha256: string): Promise<ListIndex> {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error("list snapshot has no such name");
  const path = snapshotFile(folder, sha256);
  await using file = await open(path);
  const { size } = await file.stat();
  const footer = await readFooter(file, size);
  if (!footer) throw new Error("list snapshot is cut short or not one");
  const index = new ArrayBuffer(indexBytes(footer));
  const found = await hashAndKeep(file, size, footer.indexAt, new Uint8Array(index));
  if (found !== sha256) throw new Error("list snapshot is damaged");
  // A plain descriptor of the same file: look-ups read synchronously.
  const fd = openSync(`/proc/self/fd/${file.fd}`, "r");
  try {
    return new ListIndex(sha256, fd, footer, index, keys);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

async function readFooter(file: FileHandle, size: number): Promise<Footer | undefined> {
  if (size < footerBytes) return undefined;
  const bytes = Buffer.alloc(footerBytes);
  await file.read(bytes, 0, footerBytes, size - footerBytes);
  return decodeFooter(bytes, size);
}

async function hashAndKeep(
  file: FileHandle,
  size: number,
  indexAt: number,
  index: Uint8Array,
): Promise<string> {
  const hash = createHash("sha256");
  const part = Buffer.alloc(Math.min(partBytes, size));
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(part, 0, part.length, at);
    if (bytesRead === 0) return "";
    const bytes = part.subarray(0, bytesRead);
    hash.update(bytes);
    copyOverlap(bytes, at, index, indexAt);
    at += bytesRead;
  }
  return hash.digest("hex");
}

/** What of `bytes`, which stand at `at` in the file, belongs to the index at `indexAt`. */
function copyOverlap(bytes: Uint8Array, at: number, index: Uint8Array, indexAt: number): void {
  const from = Math.max(0, indexAt - at);
  const to = Math.min(bytes.length, indexAt + index.length - at);
  if (from < to) index.set(bytes.subarray(from, to), at + from - indexAt);
}

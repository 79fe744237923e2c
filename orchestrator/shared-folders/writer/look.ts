/** Whether files lie where they were written as they were written, and the end of those whose time is over. */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, rmSync } from "node:fs";
import { type Item, type ItemState, WriterError } from "../wire.ts";
import { codeOf, type OpenFolder, openFolder } from "./folder.ts";

// A pipe that somebody put there must not hold the one who looks.
const toRead = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const chunkBytes = 1024 * 1024;

/** Throws WriterError when the share itself is not there: then nothing is known of its files. */
export function look(item: Item): ItemState {
  let folder: OpenFolder;
  try {
    folder = openFolder(item, false);
  } catch (error) {
    if (error instanceof WriterError && error.fault === "no-folder") return "gone";
    throw error;
  }
  using open = folder;
  const state = stateOf(open.at(item.name), item);
  if (state !== "there" || !item.remove) return state;
  rmSync(open.at(item.name), { force: true });
  return "removed";
}

function stateOf(path: string, { sizeBytes, sha256 }: Item): ItemState {
  let fd: number;
  try {
    fd = openSync(path, toRead);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "gone";
    return codeOf(error) === "ELOOP" ? "changed" : raise(error);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile() || found.size !== sizeBytes) return "changed";
    return hashOf(fd) === sha256 ? "there" : "changed";
  } finally {
    closeSync(fd);
  }
}

function hashOf(fd: number): string {
  const hash = createHash("sha256");
  const chunk = Buffer.alloc(chunkBytes);
  for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk))
    hash.update(chunk.subarray(0, read));
  return hash.digest("hex");
}

function raise(error: unknown): never {
  throw error;
}

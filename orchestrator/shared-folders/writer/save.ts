/**
 * Writes one file: beside, under a name of its own, to the disk, then under the first name that is free. Nothing that
 * is there is ever written to or replaced. Whatever goes wrong, nothing of it remains.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import type { Readable } from "node:stream";
import { folded, numbered } from "../file-name.ts";
import { type WriterAnswer, WriterError, type WriterRequest } from "../wire.ts";
import { codeOf, giveAway, type OpenFolder, openFolder } from "./folder.ts";

const anew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const fileMode = 0o660;
const triedNames = 100;
/** Shares without hard links. */
const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"]);

type Save = Extract<WriterRequest, { do: "save" }>;

export async function save(request: Save, bytes: Readable): Promise<WriterAnswer> {
  const { place, makeFolders, sizeBytes, reserveBytes, part, name } = request;
  using folder = openFolder(place, makeFolders);
  const { bavail, bsize } = statfsSync(folder.at("."));
  if (bavail * bsize < sizeBytes + reserveBytes)
    throw new WriterError("full", `${bavail * bsize} bytes free`);
  try {
    const sha256 = await writePart(folder, part, sizeBytes, bytes);
    const given = takeName(folder, part, name);
    syncFolder(folder);
    return { is: "saved", name: given, sha256 };
  } finally {
    rmSync(folder.at(part), { force: true });
  }
}

async function writePart(
  folder: OpenFolder,
  part: string,
  sizeBytes: number,
  bytes: Readable,
): Promise<string> {
  const fd = openSync(folder.at(part), anew, fileMode);
  try {
    giveAway(fd, folder);
    const hash = createHash("sha256");
    let written = 0;
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      written += chunk.length;
      if (written > sizeBytes) break;
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
    }
    if (written !== sizeBytes) throw new WriterError("failed", "it did not come whole");
    fsyncSync(fd);
    return hash.digest("hex");
  } finally {
    closeSync(fd);
  }
}

function takeName(folder: OpenFolder, part: string, wanted: string): string {
  const taken = new Set(readdirSync(folder.at(".")).map(folded));
  for (let n = 1; n <= triedNames; n += 1) {
    const name = numbered(wanted, n);
    if (!taken.has(folded(name)) && place(folder, part, name)) return name;
  }
  throw new WriterError("refused", `${triedNames} files have this name`);
}

/** False when somebody else was faster. */
function place(folder: OpenFolder, part: string, name: string): boolean {
  try {
    linkSync(folder.at(part), folder.at(name));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!noLinks.has(codeOf(error))) throw error;
  }
  try {
    // Takes the name first: a rename would replace what stands there.
    closeSync(openSync(folder.at(name), anew, fileMode));
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    renameSync(folder.at(part), folder.at(name));
    return true;
  } catch (error) {
    rmSync(folder.at(name), { force: true });
    throw error;
  }
}

function syncFolder(folder: OpenFolder): void {
  try {
    fsyncSync(folder.fd);
  } catch {
    // File systems over the network need not know this; their servers keep names themselves.
  }
}

/**
 * Unpacks a backup file into an empty folder. Every byte is hostile until it is checked: names by the manifest's schema,
 * contents by their hashes, lengths before they are read. Throws BACKUP_DAMAGED, BACKUP_PASSPHRASE, BACKUP_NEWER or
 * BACKUP_NO_ROOM; what then lies in the folder is the caller's to remove.
 */
import { createHash } from "node:crypto";
import { statfsSync } from "node:fs";
import { chmod, type FileHandle, mkdir, open, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { AppError, isAppError } from "../base/errors.ts";
import {
  chunkHeaderBytes,
  type ChunkSealing,
  openChunk,
  readChunkHeader,
} from "../base/sealed-chunks.ts";
import { ByteReader } from "./byte-reader.ts";
import {
  damaged,
  isSealed,
  manifestMaxBytes,
  openHead,
  plainHeadBytes,
  sealedHeadBytes,
  tail,
} from "./format.ts";
import { type FileEntry, type Manifest, manifestSchema, totalBytes } from "./manifest.ts";

export interface UnpackOptions {
  /** Asked for only when the file is encrypted. */
  readonly passphrase: () => Promise<string | undefined>;
  /** Called with the bytes unpacked and how many there are. */
  readonly onBytes?: (done: number, total: number) => void;
}

export async function readArchive(
  path: string,
  folder: string,
  { passphrase, onBytes }: UnpackOptions,
  signal: AbortSignal,
): Promise<Manifest> {
  await using file = await open(path, "r");
  const end = await endOf(file);
  const raw = new ByteReader(
    file.createReadStream({ start: 0, end: end - 1, autoClose: false, highWaterMark: 1 << 20 }),
  );
  const start = await raw.take(plainHeadBytes).catch((error: unknown) => {
    throw damaged("it does not begin as a backup does", error);
  });
  const more = isSealed(start) ? sealedHeadBytes - plainHeadBytes : 0;
  const bytes = Buffer.concat([start, await raw.take(more).catch(asDamaged)]);
  const { sealing } = await openHead(bytes, more === 0 ? undefined : await passphrase());
  const read: { manifest?: Manifest } = {};
  try {
    await pipeline(
      Readable.from(sealing ? opened(raw, sealing) : rest(raw), { objectMode: false }),
      createZstdDecompress(),
      async (plain: AsyncIterable<Buffer>) => {
        read.manifest = await unpack(new ByteReader(plain), folder, onBytes);
      },
      { signal },
    );
  } catch (error) {
    if (signal.aborted) throw error;
    asDamaged(error);
  }
  sealing?.key.fill(0);
  if (!read.manifest) throw damaged("cut off");
  return read.manifest;
}

/** Where the tail begins. */
async function endOf(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const end = size - tail.length;
  if (end < plainHeadBytes) throw damaged("it is too short");
  const found = Buffer.alloc(tail.length);
  await file.read(found, 0, found.length, end);
  if (!found.equals(tail)) throw damaged("it does not end as a backup does");
  return end;
}

/** Errors of this machine's disk stay what they are. */
function asDamaged(error: unknown): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOSPC") throw new AppError("BACKUP_NO_ROOM", {}, error);
  if (isAppError(error) || /^E[A-Z]+$/.test(code)) throw error;
  throw damaged(error instanceof Error ? error.message : String(error), error);
}

async function* rest(raw: ByteReader): AsyncGenerator<Buffer> {
  while (!(await raw.isOver())) yield* raw.available();
}

async function* opened(raw: ByteReader, sealing: ChunkSealing): AsyncGenerator<Buffer> {
  for (let index = 0; ; index += 1) {
    const { sealedBytes, last } = readChunkHeader(await raw.take(chunkHeaderBytes));
    yield openChunk(sealing, index, last, await raw.take(sealedBytes));
    if (!last) continue;
    if (!(await raw.isOver())) throw new Error("bytes behind the end");
    return;
  }
}

async function unpack(
  plain: ByteReader,
  folder: string,
  onBytes: UnpackOptions["onBytes"],
): Promise<Manifest> {
  const manifest = await readManifest(plain);
  const total = totalBytes(manifest);
  const { bavail, bsize } = statfsSync(folder);
  if (total > bavail * bsize)
    throw new AppError("BACKUP_NO_ROOM", { needed: total, free: bavail * bsize });
  let done = 0;
  for (const entry of manifest.entries) {
    const to = join(folder, entry.path);
    if (entry.kind === "directory") {
      await mkdir(to);
      await chmod(to, entry.mode);
    } else if (entry.kind === "link") await symlink(entry.target, to);
    else
      await writeFile(plain, entry, to, (bytes) => {
        done += bytes;
        onBytes?.(done, total);
      });
  }
  if (!(await plain.isOver())) throw new Error("bytes behind the last file");
  return manifest;
}

async function readManifest(plain: ByteReader): Promise<Manifest> {
  const length = (await plain.take(4)).readUInt32BE();
  if (length > manifestMaxBytes) throw new Error("length of the manifest");
  const text = (await plain.take(length)).toString("utf8");
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw damaged(parsed.error.issues[0]?.message ?? "the manifest", parsed.error);
  return parsed.data;
}

async function writeFile(
  plain: ByteReader,
  { path, bytes, mode, sha256 }: FileEntry,
  to: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const hash = createHash("sha256");
  await using file = await open(to, "wx", 0o600);
  for await (const piece of plain.pieces(bytes)) {
    hash.update(piece);
    await file.appendFile(piece);
    onBytes(piece.length);
  }
  if (hash.digest("hex") !== sha256) throw damaged(`${path} is not what it was`);
  await file.chmod(mode);
  await file.sync();
}

/**
 * Takes a backup into one file: beside first, under its own name only when all of it is on disk and the record of it is
 * in the audit log. The installation may run meanwhile.
 */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../base/errors.ts";
import type { InstallationId } from "../base/ids.ts";
import { gather } from "./gather.ts";
import { type Manifest, totalBytes } from "./manifest.ts";
import { writeArchive } from "./write-archive.ts";

export interface BackupOptions {
  readonly dataDir: string;
  readonly installation: InstallationId;
  readonly to: string;
  readonly passphrase: string | undefined;
  readonly program: string;
  readonly now: () => number;
  /** The last step before the file has its name; when it throws there is no backup. */
  readonly record: (made: Manifest, sha256: string) => void;
  readonly onProgress?: (phase: "database" | "files", part: number) => void;
}

export interface Made {
  readonly manifest: Manifest;
  /** Of the file. */
  readonly bytes: number;
  /** Of the file, in hex. */
  readonly sha256: string;
}

/** Throws BACKUP_NO_ROOM, and whatever the disk says. The place must be free. */
export async function takeBackup(options: BackupOptions, signal: AbortSignal): Promise<Made> {
  const { dataDir, installation, to, passphrase, program, now, record, onProgress } = options;
  await using undo = new AsyncDisposableStack();
  try {
    const madeAt = new Date(now()).toISOString();
    const gathered = undo.use(
      await gather({ dataDir, onDatabase: (part) => onProgress?.("database", part) }, signal),
    );
    const { folder, entries, schema, auditUpTo } = gathered;
    const manifest = { program, installation, madeAt, schema, auditUpTo, entries: [...entries] };
    const total = Math.max(totalBytes(manifest), 1);
    const partial = `${to}.partial`;
    await rm(partial, { force: true });
    undo.defer(() => rm(partial, { force: true }));
    await using file = await open(partial, "wx", 0o600);
    const onBytes = (done: number) => onProgress?.("files", done / total);
    const sha256 = await writeArchive(file, { folder, manifest, passphrase, onBytes }, signal);
    const { size } = await file.stat();
    record(manifest, sha256);
    await rename(partial, to);
    await using parent = await open(dirname(to), "r");
    await parent.sync();
    return { manifest, bytes: size, sha256 };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC")
      throw new AppError("BACKUP_NO_ROOM", { file: to }, error);
    throw error;
  }
}

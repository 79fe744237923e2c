/**
 * A folder of a mounted share, opened part by part from the mount down. Each step is relative to the folder before it
 * (through /proc/self/fd, Node having no openat) and follows no link, so that nothing that others put into the share
 * leads elsewhere; a mount that went away, or another one on the way, is told by the mount that the open folder is on.
 */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
} from "node:fs";
import { type Mount, mountIdOf, parseMounts } from "../mount-info.ts";
import { type Place, WriterError } from "../wire.ts";

const asFolder = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const folderMode = 0o770;

export class OpenFolder implements Disposable {
  readonly fd: number;
  readonly mount: Mount;

  constructor(fd: number, mount: Mount) {
    this.fd = fd;
    this.mount = mount;
  }

  /** A path to what has this name in the open folder, whatever becomes of the folder's own path. */
  at(name: string): string {
    return `/proc/self/fd/${this.fd}/${name}`;
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}

function mountOf(fd: number): Mount | undefined {
  const id = mountIdOf(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"));
  return parseMounts(readFileSync("/proc/self/mountinfo", "utf8")).find((each) => each.id === id);
}

/** Throws WriterError. */
export function openMount(point: string): OpenFolder {
  let fd: number;
  try {
    fd = openSync(point, asFolder);
  } catch (error) {
    throw new WriterError("not-mounted", `${point}: ${codeOf(error)}`);
  }
  const mount = mountOf(fd);
  if (mount?.point === point) return new OpenFolder(fd, mount);
  closeSync(fd);
  throw new WriterError("not-mounted", `${point}: nothing is mounted there`);
}

/** Throws WriterError. */
export function openFolder({ mount, parts }: Place, makeFolders: boolean): OpenFolder {
  let folder = openMount(mount);
  for (const part of parts) {
    using above = folder;
    folder = openPart(above, part, makeFolders);
  }
  return folder;
}

function openPart(above: OpenFolder, part: string, makeFolders: boolean): OpenFolder {
  const path = above.at(part);
  let fd: number;
  try {
    fd = makeFolders ? openOrMake(above, path) : openSync(path, asFolder);
  } catch (error) {
    const code = codeOf(error);
    if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) throw error;
    throw new WriterError("no-folder", `${part}: ${code}`);
  }
  if (mountOf(fd)?.id === above.mount.id) return new OpenFolder(fd, above.mount);
  closeSync(fd);
  throw new WriterError("no-folder", `${part}: another file system`);
}

function openOrMake(above: OpenFolder, path: string): number {
  try {
    return openSync(path, asFolder);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  try {
    mkdirSync(path, folderMode);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    // Somebody else made it meanwhile; whatever it is, opening it says.
    return openSync(path, asFolder);
  }
  const fd = openSync(path, asFolder);
  giveAway(fd, above);
  return fd;
}

/** Whoever owns the folder owns what is made in it, where the file system is one that asks this machine. */
export function giveAway(fd: number, folder: OpenFolder): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = fstatSync(folder.fd);
  try {
    fchownSync(fd, uid, gid);
  } catch {
    // A mounted share: the server decides.
  }
}

export const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown";

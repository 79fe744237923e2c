/** A folder that is mounted, as a share of a file server is; support/samba.ts has the server besides. */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface MountedShare extends AsyncDisposable {
  /** A folder of the caller's own, beside both. */
  readonly dir: string;
  /** Where the share is mounted for Hanare. */
  readonly mount: string;
  /** What is served, as the server's administrator sees it. */
  readonly served: string;
  unmount(): Promise<void>;
  remount(): Promise<void>;
}

export async function mountShare(): Promise<MountedShare> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "hanare-share-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  await chmod(dir, 0o755);
  const served = join(dir, "served");
  const mount = join(dir, "mount");
  for (const each of [served, mount]) await mkdir(each);
  const unmount = async (): Promise<void> => {
    await run("umount", ["--lazy", mount]);
  };
  const remount = async (): Promise<void> => {
    await run("mount", ["--bind", served, mount]);
  };
  await remount();
  stack.defer(() => unmount().catch(() => undefined));
  const mounted = stack.move();
  return {
    ...{ dir, mount, served, unmount, remount },
    [Symbol.asyncDispose]: () => mounted.disposeAsync(),
  };
}

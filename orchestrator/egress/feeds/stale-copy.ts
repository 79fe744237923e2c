/**
 * A feed that is not to be used once it has grown old (`on_stale: drop`): its copy is emptied, so that
 * every process, explanation and trial sees the same list without a clock of its own, and the last good one
 * waits beside until the server confirms it again. Says what moved; when that is right is the caller's.
 */
import { copyFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface CopyPlaces {
  /** The copy in force, below the policy's folder. */
  readonly inForce: string;
  /** Where the last good one waits meanwhile. */
  readonly waiting: string;
  /** Runs something while nobody loads the policy's folder, then loads it. */
  readonly exclusively: (work: () => Promise<void>) => Promise<unknown>;
}

/** @param isKept whether the good copy waits already, as after a crash between the two steps */
export async function emptyCopy(
  { inForce, waiting, exclusively }: CopyPlaces,
  comment: string,
  isKept: boolean,
): Promise<void> {
  if (!(await isThere(inForce))) return;
  if (!isKept) await copyFile(inForce, waiting);
  const fresh = beside(inForce);
  await writeFile(fresh, `# ${comment}\n`);
  await exclusively(() => rename(fresh, inForce));
}

export async function bringBackCopy({ inForce, waiting, exclusively }: CopyPlaces): Promise<void> {
  if (!(await isThere(waiting))) return;
  const fresh = beside(inForce);
  await copyFile(waiting, fresh);
  await exclusively(() => rename(fresh, inForce));
  await rm(waiting, { force: true });
}

/** Beside its place, so that a rename puts it there whole, wherever the policy's folder lies. */
const beside = (file: string): string => join(dirname(file), `.hanare-new-${crypto.randomUUID()}`);

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

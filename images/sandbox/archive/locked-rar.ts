/**
 * RAR that libarchive does not open: behind a password, or packed as one whole. The Unarchiver lists and unpacks it,
 * without a password and then with each of the job's; what it unpacks lies in a folder of this container and is read
 * back member by member.
 */
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { runTool } from "../run-tool.ts";
import { dosTimeOf, type Member, spend } from "./member.ts";
import { ArchiveRefusal } from "./refusal.ts";

const listing = z.object({
  lsarContents: z.array(z.object({ XADFileSize: z.number().min(0).optional() })),
});

/** What both programs end with where a password is missing; a wrong one is 1, like all that goes wrong. */
const passwordMissing = 2;
const malformed = (detail: string): Refusal => new Refusal("blocked", "archive-malformed", detail);

/** Undefined where even the names are encrypted, with another password. */
function declaredSizes(json: string): number[] | undefined {
  try {
    const { lsarContents } = listing.parse(JSON.parse(json));
    return lsarContents.map((each) => each.XADFileSize ?? 0);
  } catch {
    return undefined;
  }
}

function checkSizes(sizes: readonly number[], { limits, bytes }: JobContext): void {
  const total = sizes.reduce((sum, each) => sum + each, 0);
  if (sizes.length > limits.members) throw new Refusal("blocked", "member-limit");
  if (total > limits.ratioFromBytes && total > bytes.length * limits.ratio)
    throw new Refusal("blocked", "ratio-limit");
}

async function unpacked(dir: string, encrypted: boolean, context: JobContext): Promise<Member[]> {
  const members: Member[] = [];
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    // Links and the like lead out of the folder.
    if (!entry.isFile()) throw new Refusal("blocked", "archive-unsafe-names");
    const path = join(entry.parentPath, entry.name);
    const { size, mtime } = await stat(path);
    if (size > context.limits.inputBytes) throw new Refusal("blocked", "size-limit");
    spend(context, size);
    const bytes = await readFile(path);
    members.push({ name: relative(dir, path), bytes, encrypted, dosTime: dosTimeOf(mtime) });
    if (encrypted) context.tally.add("encryption");
  }
  return members;
}

/** Members, or the exit code of the program that did not get to them. */
async function tryOne(
  dir: string,
  password: string,
  context: JobContext,
): Promise<Member[] | number> {
  const options = { seconds: context.limits.toolSeconds, cwd: dir };
  const given = password === "" ? [] : ["-password", password];
  const list = await runTool("/usr/bin/lsar", ["-json", ...given, "in"], {
    ...options,
    stdoutLimitBytes: 16 * 1024 ** 2,
  });
  const sizes = list.exitCode === 0 ? declaredSizes(list.stdout.toString("utf8")) : undefined;
  if (sizes === undefined) return list.exitCode;
  checkSizes(sizes, context);
  const out = join(dir, "out");
  const { exitCode } = await runTool(
    "/usr/bin/unar",
    ["-quiet", "-no-directory", "-force-overwrite", ...given, "-o", out, "in"],
    options,
  );
  if (exitCode === 0) return unpacked(out, password !== "", context);
  await rm(out, { recursive: true, force: true });
  return exitCode;
}

/** @param dir holds the archive as `in` */
export async function readLockedRar(dir: string, context: JobContext): Promise<Member[]> {
  const open = await tryOne(dir, "", context);
  if (typeof open !== "number") return open;
  if (open !== passwordMissing) throw malformed(`unar ${open}`);
  for (const password of context.job.passwords) {
    const opened = await tryOne(dir, password, context);
    if (typeof opened !== "number") return opened;
  }
  throw new ArchiveRefusal("needs_password", passwordReason(context), []);
}

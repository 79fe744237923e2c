/**
 * RAR behind a password, which libarchive does not open: The Unarchiver lists and unpacks it with each of the job's
 * passwords. What it unpacks lies in a folder of this container and is read back member by member.
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

/** Undefined for a wrong password where names are encrypted as well. Throws Refusal for what is too much. */
async function declaredBytes(
  dir: string,
  password: string,
  context: JobContext,
): Promise<number | undefined> {
  const { limits, bytes } = context;
  const said = await runTool("/usr/bin/lsar", ["-json", "-password", password, "in"], {
    seconds: limits.toolSeconds,
    cwd: dir,
    stdoutLimitBytes: 16 * 1024 ** 2,
  });
  if (said.exitCode !== 0) return undefined;
  const { success, data } = listing.safeParse(JSON.parse(said.stdout.toString("utf8")));
  if (!success) throw new Refusal("blocked", "archive-malformed", "rar listing");
  const sizes = data.lsarContents.map((each) => each.XADFileSize ?? 0);
  if (sizes.length > limits.members) throw new Refusal("blocked", "member-limit");
  const total = sizes.reduce((sum, each) => sum + each, 0);
  if (total > limits.ratioFromBytes && total > bytes.length * limits.ratio)
    throw new Refusal("blocked", "ratio-limit");
  return total;
}

async function unpacked(dir: string, context: JobContext): Promise<Member[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const members: Member[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    // Links and the like lead out of the folder.
    if (!entry.isFile()) throw new Refusal("blocked", "archive-unsafe-names");
    const path = join(entry.parentPath, entry.name);
    const { size, mtime } = await stat(path);
    if (size > context.limits.inputBytes) throw new Refusal("blocked", "size-limit");
    spend(context, size);
    const bytes = await readFile(path);
    members.push({ name: relative(dir, path), bytes, encrypted: true, dosTime: dosTimeOf(mtime) });
    context.tally.add("encryption");
  }
  return members;
}

/** @param dir holds the archive as `in` */
export async function readLockedRar(dir: string, context: JobContext): Promise<Member[]> {
  const out = join(dir, "out");
  for (const password of context.job.passwords) {
    if ((await declaredBytes(dir, password, context)) === undefined) continue;
    const result = await runTool(
      "/usr/bin/unar",
      ["-quiet", "-no-directory", "-force-overwrite", "-password", password, "-o", out, "in"],
      { seconds: context.limits.toolSeconds, cwd: dir },
    );
    if (result.exitCode === 0) return unpacked(out, context);
    await rm(out, { recursive: true, force: true });
  }
  throw new ArchiveRefusal("needs_password", passwordReason(context), []);
}

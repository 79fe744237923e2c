/**
 * Archives that outside programs open: bsdtar turns rar, cab and lzh into one tar stream that our own reader
 * takes apart; 7zip lists and unpacks 7z; compressed single files are unpacked in memory. Nothing is written
 * where a member says, and no stream is read beyond what a job may unpack.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { runTool } from "../run-tool.ts";
import { isUnsafeMemberName } from "../zip/member-name.ts";
import { numberedLzh, readLzhHeaders } from "./lzh.ts";
import { dosTimeOf, type Member, spend } from "./member.ts";
import { ArchiveRefusal, listed } from "./refusal.ts";
import { looksLikeTar, readTar } from "./tar.ts";

const malformed = (detail: string): Refusal => new Refusal("blocked", "archive-malformed", detail);

async function inDirectory<T>(
  context: Pick<JobContext, "bytes" | "depth" | "workDir">,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = join(context.workDir, `unpack-${context.depth}`);
  await mkdir(dir, { recursive: true });
  try {
    await writeFile(join(dir, "in"), context.bytes);
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What a whole archive may become before reading stops: the job's limit, and the ratio of archive bombs. */
function streamLimit({ bytes, limits, budget }: JobContext): number {
  const left = limits.unpackedBytes - budget.unpackedBytes;
  return Math.max(Math.min(left, Math.max(limits.ratioFromBytes, bytes.length * limits.ratio)), 1);
}

export function readByBsdtar(type: "cab" | "lzh" | "rar", context: JobContext): Promise<Member[]> {
  return inDirectory(context, async (dir) => {
    const format = type === "rar" ? "pax" : "gnutar";
    const result = await runTool("/usr/bin/bsdtar", ["-cf", "-", `--format=${format}`, "@in"], {
      seconds: context.limits.toolSeconds,
      stdoutLimitBytes: streamLimit(context),
      cwd: dir,
      overLimit: "ratio-limit",
    });
    // Of a RAR 5 whose bytes are encrypted libarchive has nothing to say, and says that.
    if (/encrypt|passphrase|\(null\)/i.test(result.stderr))
      throw new Refusal("needs_approval", "password-unsupported");
    if (result.exitCode !== 0) throw malformed(result.stderr.slice(0, 300));
    return readTar(result.stdout, context);
  });
}

/** bsdtar unpacks, our own reader says what the members are called. */
export async function readLzh(context: JobContext): Promise<Member[]> {
  const headers = readLzhHeaders(context);
  const unpacked = await readByBsdtar("lzh", { ...context, bytes: numberedLzh(headers) });
  if (unpacked.length !== headers.length) throw malformed("lzh members");
  return unpacked.map(({ bytes, encrypted }, index) => {
    const { name, dosTime, sizeBytes } = headers[index] as (typeof headers)[number];
    if (bytes.length !== sizeBytes) throw malformed("lzh member");
    return { name, bytes, encrypted, dosTime };
  });
}

interface Listing {
  readonly name: string;
  readonly sizeBytes: number;
  readonly encrypted: boolean;
  readonly directory: boolean;
  readonly modified: string;
}

/** `7z l -slt`: blocks of `Key = value` lines behind a line of dashes. */
export function parse7zListing(text: string): Listing[] {
  const body = text.split(/^-{10}$/m)[1] ?? "";
  return body
    .split(/\n\n+/)
    .map((part) => new Map([...part.matchAll(/^([A-Za-z ]+) = (.*)$/gm)].map((m) => [m[1], m[2]])))
    .filter((fields) => fields.has("Path"))
    .map((fields) => ({
      name: (fields.get("Path") ?? "").replaceAll("\\", "/"),
      sizeBytes: Number(fields.get("Size") ?? 0) || 0,
      encrypted: fields.get("Encrypted") === "+",
      directory: /^D/.test(fields.get("Attributes") ?? ""),
      modified: fields.get("Modified") ?? "",
    }));
}

/** Each try is a whole listing or unpacking: 7zip has no cheaper way to test a password. */
function candidates(context: JobContext): readonly string[] {
  return context.job.passwords.length === 0 ? [""] : context.job.passwords;
}

async function list7z(dir: string, context: JobContext): Promise<Listing[]> {
  for (const password of candidates(context)) {
    const result = await runTool("/usr/bin/7z", ["l", "-slt", `-p${password}`, "in"], {
      seconds: context.limits.toolSeconds,
      cwd: dir,
      stdoutLimitBytes: 16 * 1024 ** 2,
    });
    if (result.exitCode === 0) return parse7zListing(result.stdout.toString("utf8"));
    const said = result.stderr + result.stdout.toString("utf8");
    if (!/password|encrypted/i.test(said)) throw malformed(said.slice(0, 300));
  }
  throw new ArchiveRefusal("needs_password", passwordReason(context), []);
}

function check7z(files: readonly Listing[], context: JobContext): void {
  const { limits, bytes } = context;
  const total = files.reduce((sum, each) => sum + each.sizeBytes, 0);
  if (files.length > limits.members) throw new Refusal("blocked", "member-limit");
  if (total > limits.ratioFromBytes && total > bytes.length * limits.ratio)
    throw new Refusal("blocked", "ratio-limit");
  for (const { name, sizeBytes } of files) {
    if (isUnsafeMemberName(name)) throw new Refusal("blocked", "archive-unsafe-names");
    if (sizeBytes > limits.inputBytes) throw new Refusal("blocked", "size-limit");
    spend(context, sizeBytes);
  }
}

async function unpack7z(
  dir: string,
  files: readonly Listing[],
  context: JobContext,
): Promise<void> {
  const encrypted = files.some((each) => each.encrypted);
  for (const password of encrypted ? candidates(context) : [""]) {
    const result = await runTool(
      "/usr/bin/7z",
      ["x", "-y", "-snl-", `-p${password}`, `-o${join(dir, "out")}`, "in"],
      { seconds: context.limits.toolSeconds, cwd: dir, stdoutLimitBytes: 16 * 1024 ** 2 },
    );
    if (result.exitCode === 0) return;
    await rm(join(dir, "out"), { recursive: true, force: true });
    if (!encrypted) throw malformed(result.stderr.slice(0, 300));
  }
  throw new ArchiveRefusal("needs_password", passwordReason(context), listed(files));
}

export function read7z(context: JobContext): Promise<Member[]> {
  return inDirectory(context, async (dir) => {
    const files = (await list7z(dir, context)).filter((each) => !each.directory);
    check7z(files, context);
    await unpack7z(dir, files, context);
    const members: Member[] = [];
    for (const { name, sizeBytes, encrypted, modified } of files) {
      const bytes = await readFile(join(dir, "out", name)).catch(() => undefined);
      if (bytes?.length !== sizeBytes) throw malformed("7z member");
      if (encrypted) context.tally.add("encryption");
      const date = new Date(`${modified.slice(0, 19).replace(" ", "T")}Z`);
      members.push({ name, bytes, encrypted, dosTime: dosTimeOf(date) });
    }
    return members;
  });
}

function gunzip(context: JobContext): Buffer {
  try {
    return gunzipSync(context.bytes, { maxOutputLength: streamLimit(context) });
  } catch (error) {
    const tooLong = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw tooLong ? new Refusal("blocked", "ratio-limit") : malformed("gzip");
  }
}

async function bsdcat(context: JobContext): Promise<Buffer> {
  return inDirectory(context, async (dir) => {
    const result = await runTool("/usr/bin/bsdcat", ["in"], {
      seconds: context.limits.toolSeconds,
      stdoutLimitBytes: streamLimit(context),
      cwd: dir,
      overLimit: "ratio-limit",
    });
    if (result.exitCode !== 0) throw malformed(result.stderr.slice(0, 300));
    return result.stdout;
  });
}

/** One compressed file; when that is a tar, its members. */
export async function readCompressed(
  type: "bzip2" | "gzip" | "xz" | "zstd",
  context: JobContext,
): Promise<Member[]> {
  const bytes = type === "gzip" ? gunzip(context) : await bsdcat(context);
  if (looksLikeTar(bytes)) return readTar(bytes, context);
  spend(context, bytes.length);
  const name = context.job.name.split(/[/\\]/).at(-1) ?? "";
  const inner = name.replace(/\.(gz|xz|bz2|zst)$/i, "");
  return [{ name: inner === "" || inner === name ? "data" : inner, bytes, encrypted: false }];
}

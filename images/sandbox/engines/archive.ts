/**
 * Zip archives: looked into, never unpacked here. A bomb, an ambiguous archive or unsafe names are
 * blocked, an encrypted one asks for its password, and an ordinary one is held: nothing rebuilds archives
 * yet, and what has no engine is not released.
 */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader, configure } from "@zip.js/zip.js";
import { type SandboxMember, sandboxMembersListed } from "../../wire/sandbox.ts";
import { Refusal, type JobContext } from "../context.ts";
import { readZipDirectory, type ZipDirectory } from "../zip/directory.ts";
import { checkZipLimits } from "../zip/limits.ts";
import { isUnsafeMemberName } from "../zip/member-name.ts";
import type { EngineOutcome } from "./outcome.ts";

configure({ useWebWorkers: false });

const memberNameLimit = 512;

export const listMembers = (directory: ZipDirectory): SandboxMember[] =>
  directory.entries.slice(0, sandboxMembersListed).map((entry) => ({
    name: entry.name.slice(0, memberNameLimit),
    sizeBytes: entry.sizeBytes,
    encrypted: entry.encrypted,
  }));

function checkNames(directory: ZipDirectory): void {
  const seen = new Set<string>();
  for (const { name, symlink } of directory.entries) {
    const key = name.normalize("NFC").toLowerCase();
    if (symlink || isUnsafeMemberName(name) || seen.has(key)) {
      throw new Refusal("blocked", "archive-unsafe-names");
    }
    seen.add(key);
  }
}

/** Whether the password opens the first encrypted member. */
async function opens(bytes: Buffer, password: string): Promise<boolean> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { strictness: "strict" });
  try {
    const entries = await reader.getEntries();
    const first = entries.find((entry) => entry.encrypted && !entry.directory);
    if (first === undefined || first.directory) return false;
    await first.getData(new Uint8ArrayWriter(), { password, checkPasswordOnly: true });
    return true;
  } catch {
    // A wrong password and a damaged member read the same from outside: not opened.
    return false;
  } finally {
    await reader.close();
  }
}

export class ArchiveRefusal extends Refusal {
  readonly directory: ZipDirectory;

  constructor(verdict: Refusal["verdict"], reason: Refusal["reason"], directory: ZipDirectory) {
    super(verdict, reason);
    this.directory = directory;
  }
}

export async function inspectZip(context: JobContext): Promise<EngineOutcome> {
  context.progress("unpack", 0.3);
  const directory = readZipDirectory(context.bytes);
  checkZipLimits(directory, context.limits);
  checkNames(directory);
  if (directory.entries.some((entry) => entry.nameEncoding === "cp932"))
    context.warnings.add("name-encoding-cp932");
  if (directory.entries.some((entry) => entry.encrypted)) {
    const { password } = context.job;
    if (password === undefined)
      throw new ArchiveRefusal("needs_password", "password-required", directory);
    if (!(await opens(context.bytes, password)))
      throw new ArchiveRefusal("needs_password", "password-wrong", directory);
  }
  return { kind: "held", reason: "archive-no-engine", members: listMembers(directory) };
}

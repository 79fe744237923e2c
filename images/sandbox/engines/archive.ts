/**
 * Archives: unpacked member by member under the limits, every member sanitized like a file of its own, and what
 * may leave packed into a new zip with names in UTF-8. A member that may not is replaced by a note that says why.
 */
import type { SandboxMember } from "../../wire/sandbox.ts";
import { outputTypes } from "../../wire/file-words.ts";
import { read7z, readByBsdtar, readCompressed, readLzh } from "../archive/foreign.ts";
import type { Member } from "../archive/member.ts";
import { shortName } from "../archive/refusal.ts";
import { readTar } from "../archive/tar.ts";
import { readZip } from "../archive/zip.ts";
import { type Inner, type JobContext, Refusal } from "../context.ts";
import { memberName } from "../identify/extension.ts";
import { readZipDirectory } from "../zip/directory.ts";
import { isUnsafeMemberName } from "../zip/member-name.ts";
import { readEntry } from "../zip/read-entry.ts";
import { type ZipMember, writeZip } from "../zip/write.ts";
import type { EngineOutcome } from "./outcome.ts";

export { ArchiveRefusal } from "../archive/refusal.ts";

export type ArchiveType =
  | "7z"
  | "bzip2"
  | "cab"
  | "gzip"
  | "lzh"
  | "rar"
  | "tar"
  | "xz"
  | "zip"
  | "zstd";

function unpack(type: ArchiveType, context: JobContext): Member[] | Promise<Member[]> {
  switch (type) {
    case "zip":
      return readZip(context);
    case "7z":
      return read7z(context);
    case "rar":
    case "cab":
      return readByBsdtar(type, context);
    case "lzh":
      return readLzh(context);
    case "tar":
      return readTar(context.bytes, context);
    case "gzip":
    case "xz":
    case "bzip2":
    case "zstd":
      return readCompressed(type, context);
  }
}

/** Left behind by file managers; nobody misses them. */
const litter = /(^|\/)(__MACOSX\/.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i;
/** Marks that hide or reverse text in a name. */
const invisible = /[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function checkNames(members: readonly Member[]): void {
  const seen = new Set<string>();
  for (const { name } of members) {
    const key = name.normalize("NFC").toLowerCase();
    if (isUnsafeMemberName(name) || seen.has(key))
      throw new Refusal("blocked", "archive-unsafe-names");
    seen.add(key);
  }
}

/** Says in both languages that something was left out. The reason is a word of a closed list. */
const noteText = ({ verdict, reason }: Inner): Buffer =>
  Buffer.from(
    `\ufeffこのファイルは安全に作り直せないため、取り除きました。\r\nThis file could not be rebuilt safely and was left out.\r\n\r\n${verdict}: ${reason}\r\n`,
  );

class Rebuilt {
  readonly members: ZipMember[] = [];
  readonly listed: SandboxMember[] = [];
  readonly #names = new Set<string>();
  complete = true;
  #first: Inner | undefined;
  #held = false;
  #leaving = 0;

  add(member: Member, inner: Inner): void {
    const { verdict, reason, contentType, output } = inner;
    const { name, bytes, encrypted, dosTime } = member;
    const facts = { verdict, reason, contentType, encrypted };
    this.listed.push({ name: shortName(name), sizeBytes: bytes.length, ...facts });
    const time = dosTime === undefined ? {} : { dosTime };
    const clean = name.replaceAll("\\", "/").replace(invisible, "");
    if (output !== undefined) {
      this.#leaving += 1;
      const leaving = this.#free(memberName(clean, outputTypes[output.type].extensions));
      this.members.push({ name: leaving, data: output.bytes, ...time });
      return;
    }
    this.complete = false;
    this.#first ??= inner;
    this.#held ||= verdict === "needs_approval";
    this.members.push({ name: this.#free(`${clean}.blocked.txt`), data: noteText(inner), ...time });
  }

  /** Two members can come to the same name once their extensions tell the truth. */
  #free(name: string): string {
    let free = name;
    for (let number = 2; this.#names.has(free.toLowerCase()); number += 1)
      free = name.replace(/(\.[^./]*)?$/, ` (${number})$1`);
    this.#names.add(free.toLowerCase());
    return free;
  }

  /** An archive of which nothing may leave is refused for the reason of its first member. */
  refuseIfNothingLeaves(): void {
    if (this.#leaving > 0 || this.#first === undefined) return;
    if (this.#held) throw new Refusal("needs_approval", "no-engine", "every member");
    throw new Refusal("blocked", this.#first.reason, "every member");
  }
}

/** Our own reader on what our writer wrote, checksums included. */
function verify(output: Buffer, expected: readonly ZipMember[]): void {
  const { entries } = readZipDirectory(output);
  const same =
    entries.length === expected.length &&
    entries.every((entry, index) => {
      const wanted = expected[index];
      return (
        wanted?.name === entry.name &&
        readEntry(output, entry, wanted.data.length).equals(wanted.data)
      );
    });
  if (!same) throw new Refusal("failed", "verifier-disagreed", "archive");
}

export async function rebuildArchive(
  type: ArchiveType,
  context: JobContext,
): Promise<EngineOutcome> {
  if (context.depth >= context.limits.nesting) throw new Refusal("blocked", "nesting-limit");
  context.progress("unpack", 0.2);
  const all = await unpack(type, context);
  checkNames(all);
  const members = all.filter(({ name }) => !litter.test(name));
  if (members.length === 0) throw new Refusal("blocked", "empty-file");
  const rebuilt = new Rebuilt();
  for (const [index, member] of members.entries()) {
    context.progress("rebuild", 0.3 + (0.6 * index) / members.length);
    context.found.push({ name: member.name, bytes: member.bytes });
    rebuilt.add(member, await context.inside(member.name, member.bytes));
  }
  rebuilt.refuseIfNothingLeaves();
  context.progress("verify", 0.95);
  const bytes = writeZip(rebuilt.members);
  verify(bytes, rebuilt.members);
  return {
    kind: "members",
    type: "zip",
    bytes,
    members: rebuilt.listed,
    complete: rebuilt.complete,
    converted: type !== "zip",
  };
}

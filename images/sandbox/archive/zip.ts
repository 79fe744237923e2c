/** Members of a zip: plain ones by our own strict reader, encrypted ones by zip.js with a password that opens. */
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader, configure } from "@zip.js/zip.js";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { readZipDirectory, type ZipDirectory, type ZipEntry } from "../zip/directory.ts";
import { checkZipLimits } from "../zip/limits.ts";
import { readEntry } from "../zip/read-entry.ts";
import { ArchiveRefusal, listed } from "./refusal.ts";
import { type Member, spend } from "./member.ts";

configure({ useWebWorkers: false });

/** Reads members of one archive with one password. */
class Decrypter implements AsyncDisposable {
  readonly #reader: ZipReader<Uint8Array>;
  #entries: Awaited<ReturnType<ZipReader<Uint8Array>["getEntries"]>> | undefined;

  constructor(bytes: Buffer) {
    this.#reader = new ZipReader(new Uint8ArrayReader(bytes), { strictness: "strict" });
  }

  /** Undefined when the password does not open it, or the member is damaged: both read the same from outside. */
  async read(index: number, password: string, checkOnly = false): Promise<Buffer | undefined> {
    this.#entries ??= await this.#reader.getEntries();
    const entry = this.#entries[index];
    if (entry === undefined || entry.directory) return undefined;
    try {
      const options = { password, checkPasswordOnly: checkOnly, checkSignature: true };
      const data = await entry.getData(new Uint8ArrayWriter(), options);
      return checkOnly ? Buffer.alloc(0) : Buffer.from(data);
    } catch {
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.close();
  }
}

async function openEncrypted(
  entry: ZipEntry,
  index: number,
  decrypter: Decrypter,
  context: JobContext,
  directory: ZipDirectory,
): Promise<Buffer> {
  for (const password of context.job.passwords) {
    const data = await decrypter.read(index, password);
    if (data?.length === entry.sizeBytes) return data;
  }
  throw new ArchiveRefusal("needs_password", passwordReason(context), listed(directory.entries));
}

/** Asks for a password before anything is unpacked, so that a wrong one costs nothing. */
async function checkPasswords(
  directory: ZipDirectory,
  decrypter: Decrypter,
  context: JobContext,
): Promise<void> {
  const first = directory.entries.findIndex((each) => each.encrypted && !each.directory);
  if (first < 0) return;
  for (const password of context.job.passwords) {
    if ((await decrypter.read(first, password, true)) !== undefined) return;
  }
  throw new ArchiveRefusal("needs_password", passwordReason(context), listed(directory.entries));
}

export async function readZip(context: JobContext): Promise<Member[]> {
  const directory = readZipDirectory(context.bytes);
  checkZipLimits(directory, context.limits);
  if (directory.entries.some((each) => each.symlink))
    throw new Refusal("blocked", "archive-unsafe-names");
  if (directory.entries.some((each) => each.nameEncoding === "cp932"))
    context.warnings.add("name-encoding-cp932");
  await using decrypter = new Decrypter(context.bytes);
  await checkPasswords(directory, decrypter, context);
  const members: Member[] = [];
  for (const [index, entry] of directory.entries.entries()) {
    if (entry.directory) continue;
    spend(context, entry.sizeBytes);
    const bytes = entry.encrypted
      ? await openEncrypted(entry, index, decrypter, context, directory)
      : readEntry(context.bytes, entry, context.limits.inputBytes);
    if (entry.encrypted) context.tally.add("encryption");
    members.push({ name: entry.name, bytes, encrypted: entry.encrypted, dosTime: entry.dosTime });
  }
  return members;
}

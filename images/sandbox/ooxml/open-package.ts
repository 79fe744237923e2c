/**
 * Opens an office package: two zip readers (zip.js, strict, and our own) must see the same members, all
 * limits hold, and nothing is encrypted. Members are unpacked one at a time when asked for.
 */
import { Uint8ArrayReader, ZipReader, configure } from "@zip.js/zip.js";
import { Refusal, type JobContext } from "../context.ts";
import { readZipDirectory, trimmedZip, type ZipEntry } from "../zip/directory.ts";
import { checkZipLimits } from "../zip/limits.ts";
import { isUnsafeMemberName } from "../zip/member-name.ts";
import { readEntry } from "../zip/read-entry.ts";
import { partKey } from "./content-types.ts";

configure({ useWebWorkers: false });

export interface OfficePackage {
  has(part: string): boolean;
  /** Throws Refusal when the part is missing, too large or damaged. */
  read(part: string): Buffer;
  /** Names of all members that are not folders. */
  readonly names: readonly string[];
}

/** What zip.js calls each member and how large it says it is. */
export async function strictListing(bytes: Buffer): Promise<Map<string, number>> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes), {
    strictness: "strict",
    checkOverlappingEntry: true,
  });
  try {
    const entries = await reader.getEntries();
    return new Map(entries.map((entry) => [entry.filename, entry.uncompressedSize]));
  } catch (error) {
    throw new Refusal(
      "blocked",
      "archive-malformed",
      error instanceof Error ? error.message : "zip.js",
    );
  } finally {
    await reader.close();
  }
}

function agree(own: readonly ZipEntry[], other: ReadonlyMap<string, number>): boolean {
  return (
    own.length === other.size && own.every((entry) => other.get(entry.name) === entry.sizeBytes)
  );
}

export async function openPackage(
  bytes: Buffer,
  limits: JobContext["limits"],
): Promise<OfficePackage> {
  const directory = readZipDirectory(bytes);
  checkZipLimits(directory, limits);
  if (!agree(directory.entries, await strictListing(trimmedZip(bytes)))) {
    throw new Refusal("blocked", "archive-malformed", "two readers disagree");
  }
  const parts = new Map<string, ZipEntry>();
  for (const entry of directory.entries) {
    if (isUnsafeMemberName(entry.name) || entry.symlink)
      throw new Refusal("blocked", "archive-unsafe-names");
    if (entry.encrypted) throw new Refusal("needs_password", "password-required");
    if (entry.directory) continue;
    if (parts.has(partKey(entry.name)))
      throw new Refusal("blocked", "archive-malformed", "member twice");
    parts.set(partKey(entry.name), entry);
  }
  return {
    names: [...parts.values()].map((entry) => entry.name),
    has: (part) => parts.has(partKey(part)),
    read(part) {
      const entry = parts.get(partKey(part));
      if (entry === undefined) throw new Refusal("blocked", "damaged", "missing part");
      return readEntry(bytes, entry, limits.xmlBytes);
    },
  };
}

/**
 * Says which signature databases clamd was given: name, version, number of signatures, when built.
 * Reads headers only. The answer is untrusted on the host's side and stays under 4 KB.
 */
import { openSync, readdirSync, readFileSync, readSync, closeSync, realpathSync } from "node:fs";
import { join } from "node:path";

export interface DatabaseFact {
  readonly name: string;
  readonly version: number;
  readonly signatures: number;
  readonly builtAt: string;
  readonly shipped: boolean;
}

const headerBytes = 512;
const listed = 16;

/** `ClamAV-VDB:build time:version:signatures:…`: the first 512 bytes of a .cvd or .cld. */
function readContainerHeader(
  path: string,
): Pick<DatabaseFact, "version" | "signatures" | "builtAt"> {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(headerBytes);
    readSync(file, header, 0, headerBytes, 0);
    const [, builtAt = "", version = "0", signatures = "0"] = header.toString("latin1").split(":");
    return {
      builtAt: builtAt.slice(0, 64),
      version: Number(version) || 0,
      signatures: Number(signatures) || 0,
    };
  } finally {
    closeSync(file);
  }
}

function countLines(path: string): number {
  return readFileSync(path, "latin1")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#")).length;
}

export function readDatabases(
  databaseDir: string,
  shippedDir: string,
): { databases: DatabaseFact[] } {
  const databases = readdirSync(databaseDir)
    .sort()
    .slice(0, listed)
    .map((name): DatabaseFact => {
      const path = realpathSync(join(databaseDir, name));
      const shipped = path.startsWith(`${shippedDir}/`);
      const packed = /\.(cvd|cld)$/.test(name);
      const facts = packed
        ? readContainerHeader(path)
        : { version: 0, signatures: countLines(path), builtAt: "" };
      return { name: name.slice(0, 64), shipped, ...facts };
    });
  return { databases };
}

/**
 * From a big list file to a snapshot: list-reader.ts reads, snapshot-writer.ts writes.
 *
 * Written beside its name, flushed and renamed: a snapshot that has its name is whole.
 */
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LineFormat } from "../compiled.ts";
import type { Problem } from "../problem.ts";
import { ListReader } from "./list-reader.ts";
import { snapshotFile } from "./open.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";

export interface BuildRequest {
  /** The list as it lies on disk, and as messages name it. */
  readonly source: string;
  readonly name: string;
  readonly folder: string;
  readonly key: Uint8Array;
  readonly tz: string;
  readonly formats: readonly LineFormat[];
}

export interface Extra {
  readonly entry: string;
  readonly line: number;
  readonly expiresAt?: number;
}

export interface BuiltIndex {
  readonly sha256: string;
  readonly entries: number;
  /** What is no plain name (exceptions, ranges, URL beginnings): kept beside the index, exactly. */
  readonly extras: readonly Extra[];
  readonly problems: readonly Problem[];
  /** Suffixes that cover more than one owner's names (compile/broad.ts); the first ones. */
  readonly wide: readonly { readonly entry: string; readonly line: number }[];
}

/** Synchronous: callers that must not stand still run it in a worker (build-worker.ts). */
export function buildIndex(request: BuildRequest): BuiltIndex {
  const draft = join(request.folder, `.draft-${process.pid}-${crypto.randomUUID()}`);
  const out = new SnapshotWriter(draft);
  try {
    const reader = new ListReader(request, out);
    reader.readAll();
    const { extras, problems, wide } = reader;
    if (problems.length > 0) return { sha256: "", entries: 0, extras: [], problems, wide: [] };
    const { sha256, entries } = out.finish(request.key);
    renameSync(draft, snapshotFile(request.folder, sha256));
    return { sha256, entries, extras, problems, wide };
  } finally {
    out.close();
    rmSync(draft, { force: true });
  }
}

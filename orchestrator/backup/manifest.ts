/**
 * What a backup says about itself: first in the archive, and the only place that names where its bytes go. Pure.
 */
import { z } from "zod";
import { looksLikeId } from "../base/ids.ts";
import { memberNames } from "./contents.ts";

const mode = z.int().min(0).max(0o777);
const path = z
  .string()
  .max(1024)
  .refine(isMemberPath, "not a path below a data directory that a backup may write");

const entry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("directory"), path, mode }),
  z.strictObject({
    kind: z.literal("file"),
    path,
    mode,
    bytes: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  // Of a name to another one in the same directory: which set of signatures is in force.
  z.strictObject({
    kind: z.literal("link"),
    path,
    target: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
      .max(255),
  }),
]);
export type Entry = z.infer<typeof entry>;
export type FileEntry = Extract<Entry, { kind: "file" }>;

export const manifestSchema = z.strictObject({
  /** Of the program that made it. */
  program: z.string().max(64),
  installation: z.string().refine(looksLikeId, "not an installation's id"),
  madeAt: z.iso.datetime(),
  /** Steps that each feature's tables had seen. */
  schema: z.record(z.string().max(64), z.int().min(0)),
  /** Number of the newest audit record. */
  auditUpTo: z.int().min(0),
  /** Directories before what is in them. */
  entries: z.array(entry).max(1_000_000).superRefine(fitTogether),
});
export type Manifest = z.infer<typeof manifestSchema>;

export function filesOf({ entries }: Pick<Manifest, "entries">): readonly FileEntry[] {
  return entries.filter((each) => each.kind === "file");
}

export function totalBytes(manifest: Pick<Manifest, "entries">): number {
  return filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);
}

function isMemberPath(text: string): boolean {
  const parts = text.split("/");
  return (
    memberNames.has(parts[0] ?? "") &&
    parts.every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0"))
  );
}

/** Nothing twice, and nothing below what is no directory of the backup itself: so no link is ever walked through. */
function fitTogether(entries: readonly Entry[], context: z.core.$RefinementCtx): void {
  const seen = new Map<string, Entry["kind"]>();
  for (const { kind, path: name } of entries) {
    const parent = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    const fits = !seen.has(name) && (parent === "" || seen.get(parent) === "directory");
    if (!fits) context.addIssue({ code: "custom", message: `${name} does not fit` });
    seen.set(name, kind);
  }
}

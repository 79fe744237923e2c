/**
 * `<data>/images.json`: the tags of the images this installation runs, written whole and at once. Beside
 * it a note of what the set-up still owes: older tags to remove and layers of builds that broke off.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type ImageRefs, imageRefs } from "../../orchestrator/config/installation.ts";

const leftovers = z.strictObject({ tags: z.array(z.string()), layers: z.array(z.string()) });
export type Leftovers = z.infer<typeof leftovers>;

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === "ENOENT" ||
      error instanceof SyntaxError ||
      error instanceof z.ZodError
    )
      return undefined;
    throw error;
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

const refsFile = (dataDir: string): string => join(dataDir, "images.json");
const leftoversFile = (dataDir: string): string => join(dataDir, "images-leftover.json");

/** Undefined when the images were never completed. */
export const readImageRefs = (dataDir: string): Promise<ImageRefs | undefined> =>
  readJson(refsFile(dataDir), imageRefs);
export const writeImageRefs = (dataDir: string, refs: ImageRefs): Promise<void> =>
  writeJson(refsFile(dataDir), refs);

export const readLeftovers = async (dataDir: string): Promise<Leftovers> =>
  (await readJson(leftoversFile(dataDir), leftovers)) ?? { tags: [], layers: [] };
export const writeLeftovers = (dataDir: string, left: Leftovers): Promise<void> =>
  writeJson(leftoversFile(dataDir), left);

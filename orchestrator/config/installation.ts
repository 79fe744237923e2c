/** Who this installation is and which images it runs: what the set-up wrote into the data directory. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import { type InstallationId, looksLikeId } from "../base/ids.ts";

export const imageRefs = z.strictObject({
  browser: z.string(),
  sandbox: z.string(),
  /** Absent before the set-up has made it: documents of older formats are then held. */
  office: z.string().optional(),
  clamd: z.string(),
});
export type ImageRefs = z.infer<typeof imageRefs>;

/** Tags of the images there are. */
export const imageTags = (refs: ImageRefs | undefined): string[] =>
  Object.values(refs ?? {}).filter((tag) => tag !== undefined);

const installationFile = z.strictObject({
  id: z.string().refine(looksLikeId, "not an installation's id"),
});

export interface Installation {
  readonly id: InstallationId;
  readonly images: ImageRefs;
}

async function read<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new AppError(
      "CONFIG_INVALID",
      { file, detail: `${file} is missing or damaged; npm run setup makes it` },
      error,
    );
  }
}

export async function loadInstallationId(dataDir: string): Promise<InstallationId> {
  return (await read(join(dataDir, "installation.json"), installationFile)).id as InstallationId;
}

/** Throws CONFIG_INVALID when the set-up has not completed in this data directory. */
export async function loadInstallation(dataDir: string): Promise<Installation> {
  return {
    id: await loadInstallationId(dataDir),
    images: await read(join(dataDir, "images.json"), imageRefs),
  };
}

/** Writes key and certificate files so that a reader never sees half of one. Keys are for the owner alone. */
import { readFile, rename, writeFile } from "node:fs/promises";

export async function writePem(path: string, text: string, mode: 0o600 | 0o644): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}

/** Undefined when there is no such file. */
export async function readPem(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

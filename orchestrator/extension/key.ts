/** The key that makes the extension this installation's own. Made once; a new one would be a new extension. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export async function ensureExtensionKey(keysDir: string): Promise<KeyObject> {
  const file = join(keysDir, "extension.key");
  try {
    return createPrivateKey(await readFile(file, "utf8"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  await writeFile(`${file}.new`, pem, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return privateKey;
}

/** The installation's id, its certificate authority and the portal's certificate. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadInstallationId } from "../../orchestrator/config/installation.ts";
import { type InstallationId, newInstallationId } from "../../orchestrator/base/ids.ts";
import { ensureServerCertificate, portalNames } from "../certificates/server-certificate.ts";
import { ensureSiteCa } from "../certificates/site-ca.ts";
import type { Step } from "../context.ts";
import { SetupError } from "../problems.ts";

/** Made once: the engine's labels carry it, so a new id would orphan everything. */
async function ensureInstallationId(dataDir: string): Promise<InstallationId> {
  const file = join(dataDir, "installation.json");
  const there = await readFile(file, "utf8").then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
      throw error;
    },
  );
  if (there) return loadInstallationId(dataDir);
  const id = newInstallationId();
  await writeFile(`${file}.new`, `${JSON.stringify({ id })}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return id;
}

export const keys: Step = {
  name: { ja: "鍵と証明書", en: "Keys and certificates" },
  async run(context) {
    const keysDir = join(context.dataDir, "keys");
    try {
      await mkdir(keysDir, { recursive: true, mode: 0o700 });
      const id = await ensureInstallationId(context.dataDir);
      const ca = await ensureSiteCa(keysDir, id);
      const renewed = await ensureServerCertificate(
        keysDir,
        ca,
        portalNames(context.config().listen.names),
      );
      return renewed === undefined
        ? undefined
        : { ja: `サーバー証明書を作成 (${renewed})`, en: `server certificate made (${renewed})` };
    } catch (error) {
      throw new SetupError(
        "KEYS_DAMAGED",
        { path: keysDir, reason: error instanceof Error ? error.message : String(error) },
        error,
      );
    }
  },
};

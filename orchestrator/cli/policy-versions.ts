/** Kept versions of the policy for commands: read from the data directory, whether or not Hanare runs. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { dataDirOf, loadConfig } from "../config/load.ts";
import { openDatabase } from "../store/database.ts";
import { ObjectStore } from "../policy-desk/objects.ts";
import { type Version, Versions } from "../policy-desk/versions.ts";
import { UsageError } from "./command.ts";

export interface KeptPolicies {
  readonly versions: Versions;
  readonly objects: ObjectStore;
  readonly historyDir: string;
  /** Name of the main file below the policy's folder. */
  readonly main: string;
}

/** Throws UsageError when the data directory holds no installation. */
export async function withKept<T>(
  data: string | undefined,
  work: (kept: KeptPolicies) => Promise<T>,
): Promise<T> {
  const dir = dataDirOf(data);
  const file = join(dir, "hanare.db");
  if (!existsSync(file))
    throw new UsageError(
      `No installation in ${dir}. Run "npm start" once, or name it with --data DIR.`,
    );
  const config = await loadConfig(dir);
  const database = openDatabase(file);
  try {
    const historyDir = join(dir, "policy-history");
    return await work({
      versions: new Versions(database, Date.now),
      objects: new ObjectStore(join(historyDir, "objects")),
      historyDir,
      main: basename(config.proxy.policyFile),
    });
  } finally {
    database.close();
  }
}

/** Calls `work` with the main file of a policy: a path, the number of a kept version, or "current". */
export async function withPolicyFile<T>(
  name: string,
  data: string | undefined,
  work: (file: string) => Promise<T>,
): Promise<T> {
  if (!/^(?:\d{1,9}|current)$/.test(name) || existsSync(name)) return work(name);
  return withKept(data, async ({ versions, objects, historyDir, main }) => {
    const version: Version | undefined =
      name === "current" ? versions.current() : versions.find(Number(name));
    if (!version)
      throw new UsageError(`There is no version ${name}. See: npx hanare policy history`);
    return objects.withLaidOut(version.tree, historyDir, (folder) => work(join(folder, main)));
  });
}

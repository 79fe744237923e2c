/** For doctor: whether official virus signatures are there, and how old they are. */
import { type Finding, ok, warn } from "../../setup/checks/finding.ts";
import { loadInstallationId } from "../config/installation.ts";
import { makePaths } from "../config/paths.ts";
import { isOfficial, isTooOld } from "../signatures/database-file.ts";
import { listDatabases, SignatureStore } from "../signatures/signature-store.ts";

export async function signaturesFinding(dataDir: string, nowMs: number): Promise<Finding> {
  const id = await loadInstallationId(dataDir).catch(() => undefined);
  const store =
    id === undefined ? undefined : new SignatureStore(makePaths(dataDir, id).signatures);
  const current = await store?.current();
  const databases = current === undefined ? [] : await listDatabases(current);
  const times = databases
    .filter(({ name }) => isOfficial(name))
    .flatMap(({ header }) => header?.builtAt.getTime() ?? []);
  if (times.length === 0)
    return warn({ ja: "同梱の試験用のみ", en: "only the built-in test set" }, "SIGNATURES_NONE");
  const at = new Date(Math.max(...times));
  const detail = `${databases.map(({ name }) => name).join(" ")}: ${at.toISOString()}`;
  return isTooOld(at, nowMs)
    ? warn(detail, "SIGNATURES_OLD", { at: at.toISOString() })
    : ok(detail);
}

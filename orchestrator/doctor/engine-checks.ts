/** What the doctor asks of the container engine. */
import { checkDisk } from "../../setup/checks/disk.ts";
import { fail, type Finding, ok } from "../../setup/checks/finding.ts";
import { engineKeepBytes } from "../../setup/checks/sizes.ts";
import type { EngineApi } from "../../setup/engine/api.ts";
import { readImageRefs } from "../../setup/images/refs.ts";
import { imageTags } from "../config/installation.ts";

export async function checkEngine(
  socket: string,
  engine: EngineApi | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  if (engine === undefined) {
    const reason = { ja: "動いていません", en: "not running" };
    const detail = { ja: `${socket}: ${reason.ja}`, en: `${socket}: ${reason.en}` };
    return fail(detail, "ENGINE_REFUSED", { socket, reason });
  }
  const { Version, ApiVersion } = await engine.version(signal);
  return ok(`Docker Engine ${Version}, API ${ApiVersion}`);
}

export async function checkSeccomp(engine: EngineApi, signal: AbortSignal): Promise<Finding> {
  const { SecurityOptions } = await engine.info(signal);
  const found = (SecurityOptions ?? []).find((option) => option.includes("seccomp"));
  return found === undefined
    ? fail({ ja: "seccomp がありません", en: "seccomp is absent" }, "NO_SECCOMP")
    : ok(found);
}

export async function checkEngineDisk(engine: EngineApi, signal: AbortSignal): Promise<Finding> {
  return checkDisk((await engine.info(signal)).DockerRootDir, engineKeepBytes, "DISK_FULL_ENGINE");
}

export async function checkImages(
  engine: EngineApi,
  dataDir: string,
  signal: AbortSignal,
): Promise<Finding> {
  const refs = imageTags(await readImageRefs(dataDir));
  const missing: string[] = [];
  for (const ref of refs)
    if ((await engine.findImage(ref, signal)) === undefined) missing.push(ref);
  if (refs.length > 0 && missing.length === 0) return ok(refs.join(", "));
  return fail(
    missing.length > 0 ? missing.join(", ") : { ja: "まだ作成していません", en: "not built yet" },
    "IMAGES_MISSING",
  );
}

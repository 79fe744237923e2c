/**
 * Whether Chromium can build its sandbox on this kernel. There is no way around a "no": a browser
 * without its sandbox is never started.
 */
import { readFile } from "node:fs/promises";
import { fail, ok, type Finding } from "./finding.ts";

interface KernelSettings {
  /** user.max_user_namespaces; undefined when the kernel has no user namespaces at all. */
  readonly max: string | undefined;
  /** kernel.unprivileged_userns_clone, known only to Debian's older kernels. */
  readonly clone: string | undefined;
  /** kernel.apparmor_restrict_unprivileged_userns, known only to Ubuntu. */
  readonly apparmor: string | undefined;
}

export function judgeUserNamespaces(settings: KernelSettings): Finding {
  const max = Number(settings.max ?? "0");
  if (!(max > 0))
    return fail(`user.max_user_namespaces = ${settings.max ?? "(absent)"}`, "NO_USER_NAMESPACES");
  if (settings.clone === "0")
    return fail("kernel.unprivileged_userns_clone = 0", "USER_NAMESPACES_ROOT_ONLY");
  if (settings.apparmor === "1")
    return fail("kernel.apparmor_restrict_unprivileged_userns = 1", "USER_NAMESPACES_APPARMOR");
  return ok(`user.max_user_namespaces = ${max}`);
}

async function setting(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export async function checkUserNamespaces(): Promise<Finding> {
  const [max, clone, apparmor] = await Promise.all([
    setting("/proc/sys/user/max_user_namespaces"),
    setting("/proc/sys/kernel/unprivileged_userns_clone"),
    setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
  ]);
  return judgeUserNamespaces({ max, clone, apparmor });
}

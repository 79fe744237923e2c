/**
 * Whether unprivileged processes may make user namespaces on this kernel: Chromium's sandbox is built of
 * them. There is no way around a "no"; a browser without its sandbox is never started.
 */
import { readFile } from "node:fs/promises";

export interface UserNamespaceSettings {
  /** user.max_user_namespaces; undefined when the kernel has no user namespaces at all. */
  readonly max: string | undefined;
  /** kernel.unprivileged_userns_clone, known only to Debian's older kernels. */
  readonly clone: string | undefined;
  /** kernel.apparmor_restrict_unprivileged_userns, known only to Ubuntu. */
  readonly apparmor: string | undefined;
}

export const userNamespaceFaults = [
  "NO_USER_NAMESPACES",
  "USER_NAMESPACES_ROOT_ONLY",
  "USER_NAMESPACES_APPARMOR",
] as const;
export type UserNamespaceFault = (typeof userNamespaceFaults)[number];

/** What was looked at, as the kernel writes it, and what is wrong with it if anything. Pure. */
export function judgeSettings({ max, clone, apparmor }: UserNamespaceSettings): {
  readonly detail: string;
  readonly fault?: UserNamespaceFault;
} {
  if (!(Number(max ?? "0") > 0))
    return {
      detail: `user.max_user_namespaces = ${max ?? "(absent)"}`,
      fault: "NO_USER_NAMESPACES",
    };
  if (clone === "0")
    return { detail: "kernel.unprivileged_userns_clone = 0", fault: "USER_NAMESPACES_ROOT_ONLY" };
  if (apparmor === "1")
    return {
      detail: "kernel.apparmor_restrict_unprivileged_userns = 1",
      fault: "USER_NAMESPACES_APPARMOR",
    };
  return { detail: `user.max_user_namespaces = ${Number(max)}` };
}

async function setting(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

export async function readSettings(): Promise<UserNamespaceSettings> {
  const [max, clone, apparmor] = await Promise.all([
    setting("/proc/sys/user/max_user_namespaces"),
    setting("/proc/sys/kernel/unprivileged_userns_clone"),
    setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
  ]);
  return { max, clone, apparmor };
}

/** What an attempt that got through to the host's kernel would have left there. Read before and after; it must be the same. */
import { readdirSync, readFileSync } from "node:fs";

const settings = [
  "kernel/core_pattern",
  "kernel/domainname",
  "kernel/hostname",
  "kernel/modprobe",
  "kernel/sysrq",
  "net/ipv4/ip_forward",
  "user/max_user_namespaces",
];
/** `/proc/swaps`, queues of System V messages, loaded modules by name. */
const lists = ["swaps", "sysvipc/msg", "modules"];

/** One text per thing that could have been changed, in an order that does not depend on the kernel. */
export function hostState(): Readonly<Record<string, string>> {
  const read = (path: string): string => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      // Not built into this kernel, before and after.
      return `no: ${String((error as NodeJS.ErrnoException).code)}`;
    }
  };
  const names = (text: string): string => text.replaceAll(/^(\S+).*$/gm, "$1");
  return Object.fromEntries([
    ...settings.map((name) => [name, read(`/proc/sys/${name}`)] as const),
    ...lists.map((name) => [name, names(read(`/proc/${name}`))] as const),
    ["mounts", mountPoints(read("/proc/self/mountinfo")).join("\n")],
    ["links", readdirSync("/sys/class/net").toSorted().join("\n")],
  ]);
}

/** Without the engine's own, which come and go with its containers. */
function mountPoints(mountInfo: string): string[] {
  return mountInfo
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => !/\/(overlay2|containers|netns|moby|docker)\//.test(path))
    .toSorted();
}

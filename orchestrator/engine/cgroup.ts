/** Where a process's cgroup is, on hosts of cgroup version 1 and 2. Pure. */
import { join } from "node:path";

export const cgroupRoot = "/sys/fs/cgroup";

export interface CgroupPlace {
  readonly version: 1 | 2;
  readonly directory: string;
}

/** From /proc/<pid>/cgroup: version 1 where a hierarchy has the controller, else the unified one. */
export function cgroupOf(
  text: string,
  controller: "cpu" | "memory" | "pids",
): CgroupPlace | undefined {
  const lines = text.split("\n").map((line) => line.split(":"));
  const first = lines.find(([, controllers]) => controllers?.split(",").includes(controller));
  if (first)
    return { version: 1, directory: join(cgroupRoot, controller, first.slice(2).join(":")) };
  const unified = lines.find(([id, controllers]) => id === "0" && controllers === "");
  return unified && { version: 2, directory: join(cgroupRoot, unified.slice(2).join(":")) };
}

/**
 * Reads from the host's /proc what the kernel holds a container's processes to. Synchronous on purpose:
 * some twenty processes are read in a few milliseconds, and a snapshot taken in one go is coherent.
 * Judges nothing; names of processes are the container's own words and are only believed at its start.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { cgroupOf } from "./cgroup.ts";

export const namespaceKinds = ["user", "pid", "net", "mnt", "ipc", "uts"] as const;
export type NamespaceKind = (typeof namespaceKinds)[number];
export type Namespaces = Readonly<Record<NamespaceKind, string>>;

export interface ProcessView {
  readonly pid: number;
  readonly commandLine: string;
  /** Lines of /proc/<pid>/status by name. */
  readonly status: ReadonlyMap<string, string>;
  readonly namespaces: Namespaces;
}

export interface MountView {
  readonly path: string;
  readonly options: readonly string[];
  readonly type: string;
}

/** What the kernel holds the control group to; null where it cannot be read or has no limit. */
export interface GroupLimits {
  readonly memoryBytes: number | null;
  readonly pids: number | null;
}

export interface KernelView {
  readonly host: Namespaces;
  /** Started by the engine; every other process descends from it. */
  readonly first: ProcessView;
  readonly processes: readonly ProcessView[];
  readonly mounts: readonly MountView[];
  /** Interfaces of the first process's network namespace. */
  readonly interfaces: readonly string[];
  readonly limits: GroupLimits;
}

function namespacesOf(pid: number | "self"): Namespaces {
  const of = (kind: NamespaceKind) => readlinkSync(`/proc/${pid}/ns/${kind}`);
  return Object.fromEntries(namespaceKinds.map((kind) => [kind, of(kind)])) as Namespaces;
}

export function parseStatus(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split("\n")
      .map((line) => line.split(":"))
      .filter((parts) => parts.length > 1)
      .map(([name = "", ...rest]) => [name, rest.join(":").trim()]),
  );
}

export function parseMounts(text: string): MountView[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      // proc_pid_mountinfo(5): … (5) mount point (6) options … " - " (9) type (10) source (11) super options
      const [before = "", after = ""] = line.split(" - ");
      const fields = before.split(" ");
      return {
        path: fields[4] ?? "",
        options: (fields[5] ?? "").split(","),
        type: after.split(" ")[0] ?? "",
      };
    });
}

function processView(pid: number): ProcessView {
  return {
    pid,
    status: parseStatus(readFileSync(`/proc/${pid}/status`, "utf8")),
    commandLine: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim(),
    namespaces: namespacesOf(pid),
  };
}

/** Directory of the process's own cgroup: the unified one, or on older hosts that of the pids controller. */
export function cgroupDirectory(cgroupText: string): string {
  const place = cgroupOf(cgroupText, "pids");
  if (place) return place.directory;
  throw new Error("the process is in no cgroup that can be read");
}

/** Its own cgroup and those below: an engine with a cgroup namespace of its own may nest. */
function processIds(directory: string): number[] {
  const own = readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n");
  const below = readdirSync(directory, { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  return [
    ...own.filter((line) => line !== "").map(Number),
    ...below.flatMap((each) => processIds(join(directory, each.name))),
  ];
}

/** A file with one number; "max" is no limit, and what cannot be read is none either. */
function numberIn(path: string): number | null {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^\d+$/.test(text) ? Number(text) : null;
  } catch {
    // Absent: the controller is not there, so that nothing holds the group.
    return null;
  }
}

function groupLimits(cgroupText: string): GroupLimits {
  const memory = cgroupOf(cgroupText, "memory");
  const pids = cgroupOf(cgroupText, "pids");
  return {
    memoryBytes:
      memory === undefined
        ? null
        : numberIn(
            join(memory.directory, memory.version === 1 ? "memory.limit_in_bytes" : "memory.max"),
          ),
    pids: pids === undefined ? null : numberIn(join(pids.directory, "pids.max")),
  };
}

/** Throws when the container's first process cannot be read: what cannot be seen is not trusted. */
export function readKernelView(firstPid: number): KernelView {
  const groups = readFileSync(`/proc/${firstPid}/cgroup`, "utf8");
  const directory = cgroupDirectory(groups);
  const processes = processIds(directory).flatMap((pid) => {
    try {
      return [processView(pid)];
    } catch (error) {
      // Ended between the list and the look.
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ESRCH") return [];
      throw error;
    }
  });
  return {
    host: namespacesOf("self"),
    first: processView(firstPid),
    processes,
    mounts: parseMounts(readFileSync(`/proc/${firstPid}/mountinfo`, "utf8")),
    interfaces: readFileSync(`/proc/${firstPid}/net/dev`, "utf8")
      .split("\n")
      .slice(2)
      .map((line) => line.split(":")[0]?.trim() ?? "")
      .filter((name) => name !== ""),
    limits: groupLimits(groups),
  };
}

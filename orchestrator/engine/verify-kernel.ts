/**
 * Judges what the kernel holds a session container to, seen from the host, at a moment when nobody has
 * used it yet: namespaces, mounts, capabilities, seccomp, and Chromium's own sandbox. Pure.
 */
import type { KernelView, MountView, NamespaceKind, ProcessView } from "./kernel-view.ts";
import type { Weakness } from "./weakness.ts";

export interface KernelWants {
  readonly uid: number;
  /** Paths of writable tmpfs; everything else must be read-only or a device file system. */
  readonly writable: readonly string[];
}

/** Not shared with the host. The user namespace may be the host's: the engine maps none by default. */
const own: readonly NamespaceKind[] = ["pid", "net", "mnt", "ipc", "uts"];

const capabilitySets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] as const;

/** Mounted read-write by every engine; each is nosuid, and none is a place where a file can be kept. */
const engineWritable = new Set([
  ...["/proc", "/dev", "/dev/pts", "/dev/mqueue", "/dev/shm", "/sys/fs/cgroup"],
  ...["/proc/keys", "/proc/kcore", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats"],
  ...["/proc/sched_debug", "/proc/interrupts"],
]);

/** Flags with which Chromium has no sandbox, or a lesser one. */
export const sandboxOff =
  /--(?:no-sandbox|disable-setuid-sandbox|disable-namespace-sandbox|disable-seccomp-filter-sandbox|single-process)\b/;

export function weakerThanKernelWants(view: KernelView, wants: KernelWants): Weakness[] {
  return [
    ...namespaces(view),
    ...differ("interfaces", "lo", view.interfaces.join(" ")),
    ...mounts(view.mounts, wants.writable),
    ...view.processes.flatMap((each) => processRights(each, view.first, wants.uid)),
    ...(view.processes.length === 0 ? differ("processes", "some", "none") : []),
  ];
}

/** Chromium's sandbox: on for every renderer, and there is a renderer to see it on. */
export function weakerBrowserSandbox(view: KernelView): Weakness[] {
  const renderers = view.processes.filter(({ commandLine }) =>
    commandLine.includes("--type=renderer"),
  );
  const off = view.processes.flatMap(({ commandLine }) => sandboxOff.exec(commandLine)?.[0] ?? []);
  return [
    ...(renderers.length === 0 ? differ("renderers", "some", "none") : []),
    ...differ("chromium flags", "", off.join(" ")),
    ...renderers.flatMap((each) => rendererSandbox(each, view.first)),
  ];
}

function differ(flag: string, wanted: string, found: string): Weakness[] {
  return wanted === found ? [] : [{ flag, wanted, found }];
}

function namespaces({ first, host }: KernelView): Weakness[] {
  return own.flatMap((kind) =>
    first.namespaces[kind] === host[kind]
      ? [{ flag: `${kind} namespace`, wanted: "its own", found: "the host's" }]
      : [],
  );
}

function mounts(found: readonly MountView[], writable: readonly string[]): Weakness[] {
  return found.flatMap(({ path, options, type }): Weakness[] => {
    if (options.includes("ro")) return [];
    if (engineWritable.has(path)) return [];
    if (!writable.includes(path) || type !== "tmpfs")
      return [{ flag: `mount ${path}`, wanted: "ro", found: options.join(",") }];
    return ["nosuid", "nodev", "noexec"]
      .filter((option) => !options.includes(option))
      .map((option) => ({ flag: `mount ${path}`, wanted: option, found: options.join(",") }));
  });
}

/**
 * Capabilities count where they are held: a process in a user namespace that it made itself holds a full
 * bounding set there, and none outside.
 */
function processRights(each: ProcessView, first: ProcessView, uid: number): Weakness[] {
  const of = (name: string): string => each.status.get(name) ?? "absent";
  const outside = each.namespaces.user === first.namespaces.user;
  return [
    ...differ("NoNewPrivs", "1", of("NoNewPrivs")),
    ...differ("Seccomp", "2", of("Seccomp")),
    ...differ("Uid", Array<number>(4).fill(uid).join("\t"), of("Uid")),
    ...(outside ? capabilitySets.flatMap((set) => differ(set, "0000000000000000", of(set))) : []),
  ];
}

function rendererSandbox(each: ProcessView, first: ProcessView): Weakness[] {
  const filters = Number(each.status.get("Seccomp_filters") ?? "NaN");
  const outer = Number(first.status.get("Seccomp_filters") ?? "NaN");
  return [
    ...(["user", "pid", "net"] as const).flatMap((kind) =>
      each.namespaces[kind] === first.namespaces[kind]
        ? [{ flag: `renderer ${kind} namespace`, wanted: "its own", found: "the container's" }]
        : [],
    ),
    // Not ≤: a kernel that does not count filters (before 5.9) says nothing, and nothing is not enough.
    ...(filters > outer
      ? []
      : [{ flag: "renderer Seccomp_filters", wanted: `> ${outer}`, found: String(filters) }]),
    ...differ("renderer CapEff", "0000000000000000", each.status.get("CapEff") ?? "absent"),
  ];
}

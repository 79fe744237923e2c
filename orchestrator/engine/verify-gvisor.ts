/**
 * Judges a session container under gVisor (`runsc`), seen from the host. What the container's programs do
 * is served by the sentry, a kernel in user space, so their own namespaces, capabilities and filters do not
 * show in the host's /proc. What does show is what holds the sentry itself: that is judged as strictly as
 * the container's processes are elsewhere. What the sentry says about the browser inside is hearsay: it is
 * asked for before anybody has used the container, refused when it is bad, and never taken as proof. Pure.
 */
import type { KernelView, NamespaceKind, ProcessView } from "./kernel-view.ts";
import type { Weakness } from "./weakness.ts";

/**
 * How runsc must be registered with the engine, each with its reason.
 *
 * - network=none: the sentry gets no network at all, not even its own stack behind a device.
 * - host-uds=open: the container dials the host's sockets in its directory; it may make none there.
 * - directfs=false: only the gofer opens files of the host; the sentry then needs no capability and runs
 *   as nobody.
 *
 * `--ignore-cgroups` is absent on purpose: with it the limits of memory and processes would hold nobody.
 */
export const gvisorArguments = ["--network=none", "--host-uds=open", "--directfs=false"] as const;

/** Flags of runsc's own that would open what the above closes. */
const opening =
  /--(?:ignore-cgroups|rootless|profile|allow-flag-override|TESTONLY-[a-z-]+|host-fifo=open|nvproxy|tpuproxy)\b/;

/** systrap, the sentry's platform, needs the host's process ids; without a capability they are only numbers. */
const own: readonly NamespaceKind[] = ["user", "net", "mnt", "ipc", "uts"];

const ofGofer: readonly NamespaceKind[] = ["pid", "net", "mnt", "ipc", "uts"];
const capabilitySets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] as const;
const noCapability = "0000000000000000";
/** Who the sentry and all programs inside are on the host. */
const nobody = Array<number>(4).fill(65_534).join("\t");
/**
 * What the gofer holds to open the container's files on the sentry's behalf: chown, dac_override,
 * dac_read_search, fowner, fsetid, chroot. It is root in the host's user namespace with these alone, behind
 * its own filter, and sees no other file: the container's root and its mounts are all of its own.
 */
const goferCapabilities = 0x4_00_1fn;

export interface GvisorWants {
  readonly memoryBytes: number;
  readonly pids: number;
}

export function weakerThanGvisorWants(view: KernelView, wants: GvisorWants): Weakness[] {
  const gofers = view.processes.filter(isGofer);
  const others = view.processes.filter((each) => !isGofer(each));
  return [
    ...sentryFlags(view.first.commandLine),
    ...namespaces(view.first, view, own),
    ...differ("interfaces", "lo", view.interfaces.join(" ")),
    ...view.mounts
      .filter(({ options }) => !options.includes("ro"))
      .flatMap(({ path, options }) => differ(`mount ${path}`, "ro", options.join(","))),
    ...differ("gofers", "1", String(gofers.length)),
    ...gofers.flatMap((each) => goferRights(each, view)),
    ...(others.length === 0 ? differ("processes", "some", "none") : []),
    ...others.flatMap((each) => sentryRights(each)),
    ...differ("memory limit", String(wants.memoryBytes), String(view.limits.memoryBytes)),
    ...differ("pids limit", String(wants.pids), String(view.limits.pids)),
  ];
}

const isGofer = ({ commandLine }: ProcessView): boolean => commandLine.startsWith("runsc-gofer ");

function differ(flag: string, wanted: string, found: string): Weakness[] {
  return wanted === found ? [] : [{ flag, wanted, found }];
}

/** Another program may be registered under the name, or runsc itself with other arguments. */
function sentryFlags(commandLine: string): Weakness[] {
  const words = commandLine.split(" ");
  if (words[0] !== "runsc-sandbox")
    return differ("sentry", "runsc-sandbox", words[0]?.slice(0, 100) ?? "");
  const lacking = gvisorArguments.filter((each) => !words.includes(each));
  const open = opening.exec(commandLine)?.[0] ?? "";
  return [
    ...lacking.map((each) => ({ flag: "runsc arguments", wanted: each, found: "absent" })),
    ...differ("runsc arguments", "", open),
  ];
}

function namespaces(
  each: ProcessView,
  { host }: KernelView,
  kinds: readonly NamespaceKind[],
): Weakness[] {
  return kinds
    .filter((kind) => each.namespaces[kind] === host[kind])
    .map((kind) => ({ flag: `${kind} namespace`, wanted: "its own", found: "the host's" }));
}

const of = (each: ProcessView, name: string): string => each.status.get(name) ?? "absent";

function filters(each: ProcessView): Weakness[] {
  return [
    ...differ("NoNewPrivs", "1", of(each, "NoNewPrivs")),
    ...differ("Seccomp", "2", of(each, "Seccomp")),
  ];
}

/** The sentry, and the empty processes in which it lets the container's programs run. */
function sentryRights(each: ProcessView): Weakness[] {
  return [
    ...filters(each),
    ...differ("Uid", nobody, of(each, "Uid")),
    ...capabilitySets.flatMap((set) => differ(set, noCapability, of(each, set))),
  ];
}

function goferRights(each: ProcessView, view: KernelView): Weakness[] {
  return [
    ...filters(each),
    ...namespaces(each, view, ofGofer),
    ...capabilitySets
      .filter((set) => !isWithin(of(each, set), goferCapabilities))
      .map((set) => ({ flag: `gofer ${set}`, wanted: "files only", found: of(each, set) })),
  ];
}

/** What is no number is not within anything. */
function isWithin(hex: string, mask: bigint): boolean {
  return /^[0-9a-f]{1,16}$/.test(hex) && (BigInt(`0x${hex}`) & ~mask) === 0n;
}

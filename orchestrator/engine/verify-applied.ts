/**
 * Compares what the engine says it applied to a container with what was asked, flag by flag: a daemon's
 * own defaults, a plugin, an administrator's `docker update` or an older engine that does not know an
 * option must not make a container weaker in silence. Pure; kernel facts are verify-kernel.ts's.
 */
import { z } from "zod";
import type { ContainerSpec } from "./client.ts";
import type { Weakness } from "./weakness.ts";

const names = z.array(z.string()).nullish();
/** Empty on a container of ours; what is inside does not matter. */
const unused = z.unknown().optional();

const hostConfig = z.object({
  Binds: names,
  CapAdd: names,
  CapDrop: names,
  CgroupParent: unused,
  CgroupnsMode: z.string(),
  Dns: names,
  DeviceCgroupRules: unused,
  DeviceRequests: unused,
  Devices: unused,
  ExtraHosts: unused,
  GroupAdd: unused,
  IpcMode: z.string(),
  Links: unused,
  LogConfig: z.object({ Type: z.string() }),
  MaskedPaths: names,
  Memory: z.number(),
  MemorySwap: z.number(),
  Mounts: unused,
  NetworkMode: z.string(),
  OomKillDisable: z.boolean().nullish(),
  PidMode: unused,
  PidsLimit: z.number().nullish(),
  PortBindings: unused,
  Privileged: z.boolean(),
  PublishAllPorts: z.boolean().nullish(),
  ReadonlyPaths: names,
  ReadonlyRootfs: z.boolean(),
  Runtime: z.string(),
  SecurityOpt: names,
  ShmSize: z.number(),
  Sysctls: unused,
  Tmpfs: z.record(z.string(), z.string()).nullish(),
  UTSMode: unused,
  Ulimits: z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() })).nullish(),
  UsernsMode: unused,
  VolumesFrom: unused,
});

/** What is read of the engine's answer to `inspect`; what the engine does not say does not parse. */
export const appliedContainer = z.object({
  Id: z.string(),
  AppArmorProfile: z.string().optional(),
  State: z.object({ Running: z.boolean(), Pid: z.int() }),
  Config: z.object({ User: z.string(), Image: z.string() }),
  HostConfig: hostConfig,
  Mounts: z.array(
    z.object({
      Type: z.string(),
      Source: z.string().optional(),
      Destination: z.string(),
      RW: z.boolean(),
    }),
  ),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown()).nullish() }),
});
export type AppliedContainer = z.infer<typeof appliedContainer>;

type Field = keyof AppliedContainer["HostConfig"];

/** Must be what the specification says, to the letter. */
const exact: readonly Field[] = [
  ...([
    "CapDrop",
    "SecurityOpt",
    "ReadonlyRootfs",
    "NetworkMode",
    "IpcMode",
    "CgroupnsMode",
  ] as const),
  ...([
    "Runtime",
    "PidsLimit",
    "Memory",
    "MemorySwap",
    "ShmSize",
    "Tmpfs",
    "Ulimits",
    "Binds",
    "Dns",
  ] as const),
];

/** Must be absent or empty: each would add a right, a device, a namespace of the host's or a way in. */
const absent: readonly Field[] = [
  ...(["CapAdd", "Devices", "DeviceRequests", "DeviceCgroupRules", "GroupAdd"] as const),
  ...(["PidMode", "UTSMode", "UsernsMode", "CgroupParent", "Sysctls"] as const),
  ...(["VolumesFrom", "Mounts", "Links", "ExtraHosts", "PortBindings"] as const),
  ...(["Privileged", "PublishAllPorts", "OomKillDisable"] as const),
];

/** Every flag that is compared, for people who want to see what "as asked" covers. */
export const verifiedFlags: readonly string[] = [
  ...exact,
  ...absent,
  ...["LogConfig", "Mounts", "Networks", "User", "Image", "MaskedPaths", "ReadonlyPaths"],
];

/** Paths of /proc and /sys that every engine hides or write-protects unless told not to. */
const masked = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"];
const readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** null, false, "", [], {} and 0-like absence are one thing: nothing was added. */
function isNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === "" || value === false;
}

/** Values with their keys in order; the order of a list counts. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, held: unknown) =>
    typeof held === "object" && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => a.localeCompare(b)))
      : held,
  );
}

/** Long values, such as a seccomp profile, are shown by their beginning and length. */
function shown(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 120)}… (${text.length})`;
}

export function weakerThanAsked(spec: ContainerSpec, applied: AppliedContainer): Weakness[] {
  const asked = (spec.HostConfig ?? {}) as Readonly<Record<string, unknown>>;
  const got = applied.HostConfig;
  const differ = (flag: string, wanted: string, found: string): Weakness[] =>
    wanted === found ? [] : [{ flag, wanted: shown(wanted), found: shown(found) }];
  const lacking = (flag: string, wanted: readonly string[], found: readonly string[]): Weakness[] =>
    wanted
      .filter((path) => !found.includes(path))
      .map((path) => ({ flag, wanted: path, found: "absent" }));

  const mounts = applied.Mounts.map(
    ({ Type, Source, Destination, RW }) =>
      `${Type} ${Source ?? ""}:${Destination}:${RW ? "rw" : "ro"}`,
  ).sort();
  const askedMounts = ((asked["Binds"] ?? []) as string[]).map((bind) => `bind ${bind}`).sort();
  return [
    ...exact.flatMap((flag) => differ(flag, canonical(asked[flag]), canonical(got[flag]))),
    ...absent.flatMap((flag) =>
      isNothing(got[flag]) ? [] : differ(flag, "none", canonical(got[flag])),
    ),
    ...differ("LogConfig", "none", got.LogConfig.Type),
    ...differ("Mounts", askedMounts.join(", "), mounts.join(", ")),
    ...differ("Networks", "none", Object.keys(applied.NetworkSettings.Networks ?? {}).join(", ")),
    ...differ("User", spec.User ?? "", applied.Config.User),
    ...differ("Image", spec.Image ?? "", applied.Config.Image),
    ...lacking("MaskedPaths", masked, got.MaskedPaths ?? []),
    ...lacking("ReadonlyPaths", readOnly, got.ReadonlyPaths ?? []),
    ...differ("Running", "true", String(applied.State.Running)),
  ];
}

/**
 * The container flags every Hanare container shares, each with its reason. Pure.
 *
 * - CapDrop ALL: nothing inside needs a capability, Chromium's sandbox gets its own in its user namespace.
 * - no-new-privileges: a setuid file in the image cannot raise anybody.
 * - ReadonlyRootfs: what an attacker writes goes to tmpfs and dies with the container.
 * - NetworkMode none: no interface but loopback; the only ways out are sockets or streams the host made.
 * - CgroupnsMode private: the host's cgroup names do not show in /proc/self/cgroup.
 * - Runtime by name, also the default one: a daemon's other default never applies unseen.
 * - Dns: without it the engine copies the host's resolv.conf in, and with it internal addresses.
 * - Init: reaps zombies, passes signals on.
 * - PidsLimit, Memory = MemorySwap: a fork bomb or a leak ends inside.
 * - LogConfig none: hostile output never fills the host's disk.
 * - IpcMode none or private: no shared memory with anything else.
 * - OomScoreAdj: under host pressure the kernel takes a container, not the orchestrator.
 */
import type Docker from "dockerode";

export interface Limits {
  readonly memoryMb: number;
  readonly pids: number;
  readonly cpus: number;
}

export interface HardeningOptions {
  readonly limits: Limits;
  /** Mount point → size in MiB. All nosuid, nodev, noexec. */
  readonly tmpfs: Readonly<Record<string, { readonly mb: number; readonly uid: number }>>;
  /** Own seccomp profile as JSON text; absent means the engine's default profile. */
  readonly seccomp?: string;
  readonly runtime?: "runc" | "runsc";
  /** Host directory → container directory, always read-only. */
  readonly readOnlyBinds?: readonly { readonly host: string; readonly inside: string }[];
  readonly shmMb?: number;
}

/** The engine knows one flag more than its type. */
export type HardenedHostConfig = Docker.HostConfig & { readonly CgroupnsMode: "private" };

export function hardenedHostConfig(options: HardeningOptions): HardenedHostConfig {
  const { limits } = options;
  const tmpfs: Record<string, string> = {};
  for (const [path, { mb, uid }] of Object.entries(options.tmpfs)) {
    tmpfs[path] = `rw,nosuid,nodev,noexec,size=${mb}m,mode=0700,uid=${uid},gid=${uid}`;
  }
  return {
    NetworkMode: "none",
    CapDrop: ["ALL"],
    SecurityOpt: [
      "no-new-privileges",
      ...(options.seccomp === undefined ? [] : [`seccomp=${options.seccomp}`]),
    ],
    ReadonlyRootfs: true,
    Init: true,
    PidsLimit: limits.pids,
    Memory: limits.memoryMb * 1024 * 1024,
    MemorySwap: limits.memoryMb * 1024 * 1024,
    NanoCpus: Math.round(limits.cpus * 1e9),
    OomScoreAdj: 500,
    Tmpfs: tmpfs,
    Dns: ["127.0.0.1"],
    IpcMode: "private",
    CgroupnsMode: "private",
    ShmSize: (options.shmMb ?? 64) * 1024 * 1024,
    LogConfig: { Type: "none", Config: {} },
    RestartPolicy: { Name: "no" },
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: 8192, Hard: 8192 },
    ],
    Runtime: options.runtime ?? "runc",
    Binds: (options.readOnlyBinds ?? []).map(({ host, inside }) => `${host}:${inside}:ro`),
  };
}

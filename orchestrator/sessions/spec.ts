/** The session container as data: image, uid, mounts, limits. Pure. */
import { createHash } from "node:crypto";
import type { Config } from "../config/schema.ts";
import type { InstallationId, SessionId } from "../base/ids.ts";
import type { ContainerSpec } from "../engine/client.ts";
import { type HardenedHostConfig, hardenedHostConfig } from "../engine/hardening.ts";
import { makeLabels, specLabel } from "../engine/labels.ts";
import { sessionSeccompProfile } from "../engine/seccomp.ts";
import type { Runtime } from "./types.ts";

export interface SessionSpecInput {
  readonly installation: InstallationId;
  readonly id: SessionId;
  readonly uid: number;
  readonly image: string;
  /** Host directory that holds control.sock, egress/ and the browser's policy file. */
  readonly directory: string;
  readonly limits: ContainerLimits;
  /** Absent: the configured one. */
  readonly runtime?: Runtime;
  /** Text of the browser's policy file in the directory. */
  readonly chromiumPolicy?: string;
}

export type ContainerLimits = Pick<
  Config["sessions"],
  "memoryMb" | "pids" | "cpus" | "homeMb" | "runtime"
>;

/**
 * Hash of everything that two containers of one configuration have in common. A waiting container of another
 * hash is never given to anybody.
 */
export function specHash(
  input: Pick<SessionSpecInput, "image" | "limits" | "runtime" | "chromiumPolicy">,
): string {
  const parts = [
    input.image,
    hostConfigOf({ ...input, uid: 0, directory: "" }),
    input.chromiumPolicy ?? "{}",
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

export function sessionContainerName(installation: InstallationId, id: SessionId): string {
  return `hanare-${installation}-${id}`;
}

export function sessionContainerSpec(input: SessionSpecInput): ContainerSpec {
  const { uid } = input;
  return {
    name: sessionContainerName(input.installation, input.id),
    Image: input.image,
    User: `${uid}:${uid}`,
    Hostname: "browser",
    Labels: {
      ...makeLabels(input.installation, "session", input.id),
      [specLabel]: specHash(input),
    },
    HostConfig: hostConfigOf(input),
  };
}

function hostConfigOf({
  uid,
  limits,
  directory,
  runtime,
}: Pick<SessionSpecInput, "uid" | "limits" | "directory" | "runtime">): HardenedHostConfig {
  return hardenedHostConfig({
    limits: { memoryMb: limits.memoryMb, pids: limits.pids, cpus: limits.cpus },
    // Chromium keeps its profile, its cache and the downloads under way here, in memory.
    tmpfs: { "/tmp": { mb: 256, uid }, "/home/browser": { mb: limits.homeMb, uid } },
    seccomp: sessionSeccompProfile(),
    runtime: runtime ?? limits.runtime,
    readOnlyBinds: [{ host: directory, inside: "/run/hanare" }],
    shmMb: 256,
  });
}

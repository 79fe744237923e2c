/** The session container as data: image, uid, mounts, limits. Pure. */
import type { Config } from "../config/schema.ts";
import type { InstallationId, SessionId } from "../base/ids.ts";
import type { ContainerSpec } from "../engine/client.ts";
import { hardenedHostConfig } from "../engine/hardening.ts";
import { makeLabels } from "../engine/labels.ts";
import { sessionSeccompProfile } from "../engine/seccomp.ts";

export interface SessionSpecInput {
  readonly installation: InstallationId;
  readonly id: SessionId;
  readonly uid: number;
  readonly image: string;
  /** Host directory that holds control.sock, egress/ and the browser's policy file. */
  readonly directory: string;
  readonly limits: Config["sessions"];
}

export function sessionContainerName(installation: InstallationId, id: SessionId): string {
  return `hanare-${installation}-${id}`;
}

export function sessionContainerSpec(input: SessionSpecInput): ContainerSpec {
  const { uid, limits } = input;
  return {
    name: sessionContainerName(input.installation, input.id),
    Image: input.image,
    User: `${uid}:${uid}`,
    Hostname: "browser",
    Labels: makeLabels(input.installation, "session", input.id),
    HostConfig: hardenedHostConfig({
      limits: { memoryMb: limits.memoryMb, pids: limits.pids, cpus: limits.cpus },
      // Chromium keeps its profile, its cache and the downloads under way here, in memory.
      tmpfs: { "/tmp": { mb: 256, uid }, "/home/browser": { mb: limits.homeMb, uid } },
      seccomp: sessionSeccompProfile(),
      runtime: limits.runtime,
      readOnlyBinds: [{ host: input.directory, inside: "/run/hanare" }],
      shmMb: 256,
    }),
  };
}

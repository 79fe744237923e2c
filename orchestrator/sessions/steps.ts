/**
 * What a session is made of, as one list: each step has its act and its undo, the undo goes by a name
 * chosen first and tolerates "never happened". Creating runs the acts in order; ending — at any moment,
 * also after a crash that left nothing in memory — runs all undos in reverse.
 */
import type { Config } from "../config/schema.ts";
import type { FileDesk } from "../downloads/types.ts";
import type { EgressDoor } from "../egress/door.ts";
import type { ContainerSpec, EngineClient } from "../engine/client.ts";
import type { InstallationId, SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { makeSessionDirectory, removeSessionDirectory, sessionDirectory } from "./directory.ts";
import { SessionLink } from "./link.ts";
import { sessionContainerName, sessionContainerSpec } from "./spec.ts";
import type { SessionRecord } from "./store.ts";
import type { Runtime, ViewSize } from "./types.ts";
import { verifyApplied, verifyKernel } from "./verify-isolation.ts";

export interface SessionParts {
  readonly installation: InstallationId;
  readonly engine: EngineClient;
  readonly door: EgressDoor;
  readonly files: Pick<FileDesk, "endSession">;
  readonly limits: Config["sessions"];
  readonly image: string;
  /** Directory that holds one directory per session. */
  readonly root: string;
  readonly proxyUid: number;
  /** Text of the browser's per-session policy file (JSON). */
  readonly chromiumPolicy: string;
  /** Size of the display that is asked for most likely; laying a page out anew costs the open. */
  readonly startSize?: () => ViewSize | undefined;
  /** Links of living sessions, shared by all steps. */
  readonly links: Map<SessionId, SessionLink>;
  readonly log: Log;
}

export interface Step {
  readonly name: string;
  /**
   * Done again by a process that takes the session over: `always` what dies with the process that made it,
   * `unused` the proof of a container that this process will give to somebody.
   */
  readonly again?: "always" | "unused";
  act(signal: AbortSignal): Promise<void>;
  undo(): Promise<void>;
}

export type Making = Pick<SessionRecord, "id" | "uid"> & {
  /** Only needed to make it; absent: the configured one. */
  readonly runtime?: Runtime;
  /** True while nobody waits for it: then its start leaves the processors to those who are at work. */
  readonly yields?: () => boolean;
};

/** The engine's own default, and that of a start that nobody waits for. */
export const usualShares = 1024;
const yieldingShares = 64;

/** What its container is made from. */
export function specOf(parts: SessionParts, making: Making): ContainerSpec {
  const { path } = sessionDirectory(parts.root, making.id);
  return sessionContainerSpec({ ...parts, ...making, directory: path });
}

const nothing = (): Promise<void> => Promise.resolve();

export function sessionSteps(
  parts: SessionParts,
  { id, uid, runtime = parts.limits.runtime, yields = () => false }: Making,
): readonly Step[] {
  const { engine, door, links, proxyUid } = parts;
  const directory = sessionDirectory(parts.root, id);
  const container = sessionContainerName(parts.installation, id);
  const spec = specOf(parts, { id, uid, runtime });
  let firstPid = 0;
  // runsc has no command that changes a container which runs.
  const mayYield = runtime === "runc";
  let yielding = false;
  const takeUsualShare = async (): Promise<void> => {
    if (!yielding) return;
    await engine.setCpuShares(container, usualShares);
    yielding = false;
  };
  return [
    {
      name: "directory",
      act: () =>
        makeSessionDirectory(
          directory,
          { gid: uid, proxyUid },
          parts.chromiumPolicy,
          parts.startSize?.(),
        ),
      undo: () => removeSessionDirectory(directory),
    },
    {
      name: "egress",
      again: "always",
      act: (signal) => door.open(id, directory.proxySocket, signal),
      undo: () => door.close(id),
    },
    {
      name: "link",
      again: "always",
      act: async () => {
        links.set(
          id,
          await SessionLink.listen(directory.controlSocket, parts.log.child({ sessionId: id })),
        );
      },
      undo: async () => {
        await links.get(id)?.[Symbol.asyncDispose]();
        links.delete(id);
      },
    },
    { name: "files", act: nothing, undo: () => parts.files.endSession(id) },
    {
      name: "container",
      act: (signal) => {
        yielding = mayYield && yields();
        const share = yielding ? { CpuShares: yieldingShares } : {};
        return engine.create({ ...spec, HostConfig: { ...spec.HostConfig, ...share } }, signal);
      },
      undo: () => engine.remove(container),
    },
    {
      name: "start",
      act: async (signal) => {
        await engine.start(container, signal);
        // Somebody may have begun to wait for it meanwhile.
        if (!yields()) await takeUsualShare();
      },
      undo: nothing,
    },
    {
      // Costs nothing: the browser inside takes far longer to come up than the engine to answer.
      name: "verify-applied",
      again: "unused",
      act: async () => {
        firstPid = await verifyApplied(engine, spec);
      },
      undo: nothing,
    },
    { name: "ready", act: async (signal) => links.get(id)?.ready(signal), undo: nothing },
    // Before the kernel is asked: no change of a container comes after its proof.
    { name: "usual-share", act: takeUsualShare, undo: nothing },
    {
      name: "verify-kernel",
      again: "unused",
      act: (signal) => verifyKernel(engine, firstPid, spec, signal),
      undo: nothing,
    },
  ];
}

/**
 * Compares the store with the engine's labels both ways and mends the difference: a container without
 * a record is removed, a record without a container is ended. Takes no input, leaves what is being made
 * or closed alone, never retries inside, runs one at a time, returns counters.
 */
import { readdir } from "node:fs/promises";
import { Mutex } from "../base/mutex.ts";
import type { EngineClient } from "../engine/client.ts";
import { sessionContainerName } from "./spec.ts";
import { removeSessionDirectory, sessionDirectory } from "./directory.ts";
import type { SessionStore } from "./store.ts";
import type { SessionService, SessionState } from "./types.ts";
import type { InstallationId, SessionId } from "../base/ids.ts";

export interface ReconcileReport {
  /** Containers and directories nobody knew, now removed. */
  readonly orphans: number;
  /** Records whose container was gone, now ended. */
  readonly lost: number;
}

export interface Endings extends Pick<SessionService, "end"> {
  isEnding(id: SessionId): boolean;
}

export interface ReconcileParts {
  readonly installation: InstallationId;
  readonly engine: EngineClient;
  readonly store: SessionStore;
  readonly sessions: Endings;
  readonly root: string;
}

export function makeReconcile(parts: ReconcileParts): () => Promise<ReconcileReport> {
  const mutex = new Mutex();
  return () => mutex.run(() => reconcileOnce(parts));
}

async function reconcileOnce({
  installation,
  engine,
  store,
  sessions,
  root,
}: ReconcileParts): Promise<ReconcileReport> {
  // Records are read after the containers: one that appears in between has a record by then.
  const containers = await engine.list("session");
  const directories = await readdir(root);
  const live = store.live();
  const known = new Set<string>(live.map((each) => each.id));

  let orphans = 0;
  for (const container of containers) {
    if (container.session !== undefined && known.has(container.session)) continue;
    await engine.remove(container.name);
    orphans += 1;
  }
  for (const name of directories) {
    if (known.has(name)) continue;
    await removeSessionDirectory(sessionDirectory(root, name));
    orphans += 1;
  }

  const running = new Set(containers.filter((each) => each.running).map((each) => each.name));
  const lost = live.filter(
    ({ id, state }) =>
      isLeftOver(state, id, sessions) ||
      ((state === "ready" || state === "active") &&
        !running.has(sessionContainerName(installation, id))),
  );
  // A session that became ready after the containers were listed is not lost.
  const containersNow = new Set(
    (lost.length === 0 ? [] : await engine.list("session"))
      .filter((each) => each.running)
      .map((each) => each.name),
  );
  let ended = 0;
  for (const { id, state } of lost) {
    if (
      !isLeftOver(state, id, sessions) &&
      containersNow.has(sessionContainerName(installation, id))
    )
      continue;
    const name = sessionContainerName(installation, id);
    await sessions.end(
      id,
      (await engine.ranOutOfMemory(name)) ? "out-of-memory" : "container-died",
    );
    ended += 1;
  }
  return { orphans, lost: ended };
}

/** What could not be closed, or was being closed by a process that died. */
function isLeftOver(state: SessionState, id: SessionId, sessions: Endings): boolean {
  return state === "stuck" || (state === "closing" && !sessions.isEnding(id));
}

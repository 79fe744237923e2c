/**
 * After a death without warning: the next process takes over the sessions whose containers run, and ends
 * what was half made, half closed, or lost its container meanwhile. Nothing in a container changes: its
 * agent dials the host again by itself. Runs once, at start, before anybody is let in.
 */
import { deadline } from "../base/deadline.ts";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { CloseParts } from "./close.ts";
import type { SessionLink } from "./link.ts";
import { recordWeaker } from "./record-weaker.ts";
import { sessionContainerName } from "./spec.ts";
import { sessionSteps, specOf } from "./steps.ts";
import type { SessionRecord } from "./store.ts";
import type { EndReason, Runtime, SessionView } from "./types.ts";
import { verifyInUse } from "./verify-isolation.ts";

export interface AdoptReport {
  readonly adopted: number;
  readonly ended: number;
}

export interface AdoptActions {
  end(id: SessionId, reason: EndReason): Promise<void>;
  /** What a container with this hash runs under; undefined when it is made from something else than today's. */
  runtimeOf(spec: string | undefined): Runtime | undefined;
  /** A container that nobody has used. */
  pooled(id: SessionId, runtime: Runtime): void;
  /** The link listens; its agent may not have dialled yet. */
  linked(id: SessionId, link: SessionLink): void;
  /** A session that belongs to somebody lives on. */
  adopted(view: SessionView): void;
}

/** A living agent dials every tenth of a second. */
const dialMs = 5000;

export async function adoptFormerRun(
  parts: CloseParts,
  actions: AdoptActions,
): Promise<AdoptReport> {
  const live = parts.store.live();
  const containers = live.length === 0 ? [] : await parts.engine.list("session");
  const running = new Set(containers.filter((each) => each.running).map((each) => each.name));
  const specs = new Map(containers.map((each) => [each.name, each.spec]));
  const outcomes = await Promise.all(
    live.map((record) => {
      const name = sessionContainerName(parts.installation, record.id);
      return adoptOrEnd(parts, actions, record, {
        isRunning: running.has(name),
        spec: specs.get(name),
      });
    }),
  );
  const adopted = outcomes.filter((each) => each === "adopted").length;
  return { adopted, ended: outcomes.length - adopted };
}

async function adoptOrEnd(
  parts: CloseParts,
  actions: AdoptActions,
  record: SessionRecord,
  { isRunning, spec }: { readonly isRunning: boolean; readonly spec: string | undefined },
): Promise<"adopted" | "ended"> {
  const runtime = actions.runtimeOf(spec);
  let reason = reasonToEnd(record, isRunning, runtime);
  if (reason === undefined) {
    try {
      await takeOver(parts, actions, record, runtime);
      return "adopted";
    } catch (error) {
      const weaker = isAppError(error, "ISOLATION_WEAKER");
      if (weaker) recordWeaker(parts.audit, record.id, error);
      reason = weaker ? "isolation-refused" : "container-died";
      parts.log.error({
        event: "session-adopt",
        outcome: "failure",
        sessionId: record.id,
        reason: describeError(error),
      });
    }
  }
  await actions.end(record.id, reason);
  return "ended";
}

/** The reason is kept only when the session has none yet. */
function reasonToEnd(
  { state }: SessionRecord,
  isRunning: boolean,
  runtime: Runtime | undefined,
): EndReason | undefined {
  switch (state) {
    case "creating":
      return "start-failed";
    case "closing":
    case "stuck":
    case "deleted":
      return "orphan";
    case "ready":
      if (!isRunning) return "container-died";
      return runtime === undefined ? "pool-retired" : undefined;
    case "active":
      return isRunning ? undefined : "container-died";
  }
}

/**
 * Both are proven anew: a container that nobody has used before it waits for somebody here, and one in use
 * before its person goes on, because while nobody watched somebody may have loosened it from outside.
 */
async function takeOver(
  parts: CloseParts,
  actions: AdoptActions,
  record: SessionRecord,
  runtime: Runtime | undefined,
): Promise<void> {
  const { id, ownerName, ownerGroups } = record;
  const limit = deadline(dialMs, "session adoption");
  const making = { ...record, ...(runtime && { runtime }) };
  const steps = sessionSteps(parts, making);
  // First of all: nothing opens for one that is weaker.
  if (record.state === "active")
    await verifyInUse(parts.engine, specOf(parts, making), runtime !== undefined, limit);
  for (const step of steps) if (step.again === "always") await step.act(limit);
  if (ownerName !== null)
    await parts.door.claim(id, { user: ownerName, groups: ownerGroups }, limit);
  const link = parts.links.get(id);
  if (!link) throw new AppError("SESSION_ENDED", { session: id });
  actions.linked(id, link);
  await link.ready(limit);
  if (record.state === "active") actions.adopted(record);
  else if (runtime !== undefined) {
    for (const step of steps) if (step.again === "unused") await step.act(limit);
    actions.pooled(id, runtime);
  }
}

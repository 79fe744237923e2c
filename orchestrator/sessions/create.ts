/**
 * Makes one session container that belongs to nobody yet: record first, then the steps, undone to the last
 * when one of them fails. Whether it goes to the pool or straight to a person is the caller's affair.
 */
import { deadline } from "../base/deadline.ts";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import { newSessionId, type SessionId } from "../base/ids.ts";
import type { CloseParts } from "./close.ts";
import type { SessionLink } from "./link.ts";
import { runSteps } from "./run-steps.ts";
import { recordWeaker } from "./record-weaker.ts";
import { sessionContainerName } from "./spec.ts";
import { sessionSteps, usualShares } from "./steps.ts";
import type { SessionRecord } from "./store.ts";
import type { EndReason, Runtime } from "./types.ts";

export interface CreateParts {
  readonly parts: CloseParts;
  /** Undoes what a failed start left. */
  end(id: SessionId, reason: EndReason): Promise<void>;
  onLinked(id: SessionId, link: SessionLink): void;
  /** Aborted when the service stops. */
  readonly stop: AbortSignal;
}

/** A record whose container is being made. */
export interface Making {
  readonly id: SessionId;
  /** Resolves when the container is ready; throws SESSION_START_FAILED or RUNTIME_MISSING. */
  readonly made: Promise<SessionRecord>;
  /** Somebody waits for it from now on. */
  readonly hurry: () => void;
}

export class Creator {
  readonly #o: CreateParts;
  /** Runtimes that the engine has said it knows; asked again only while one is missing. */
  readonly #known = new Set<string>(["runc"]);

  constructor(options: CreateParts) {
    this.#o = options;
  }

  /** The record exists when this returns. Throws CAPACITY when the house is full. */
  begin(runtime: Runtime, warm: boolean, signal?: AbortSignal): Making {
    this.#o.stop.throwIfAborted();
    const { parts } = this.#o;
    const { store, limits } = parts;
    const id = newSessionId();
    const record = store.begin(id, { warm, firstUid: limits.firstUid, maxTotal: limits.maxTotal });
    let yields = warm;
    const made = this.#make(record, { runtime, yields: () => yields }, signal);
    // Whoever makes it awaits it; until then a failure is nobody's unhandled rejection.
    made.catch(() => undefined);
    const hurry = (): void => {
      yields = false;
      this.#takeUsualShare(id).catch((error: unknown) =>
        // It starts more slowly; the steps give it its share when it is there.
        parts.log.debug({ event: "session-hurry", sessionId: id, reason: describeError(error) }),
      );
    };
    return { id, made, hurry };
  }

  async #make(
    record: SessionRecord,
    { runtime, yields }: { readonly runtime: Runtime; readonly yields: () => boolean },
    signal: AbortSignal | undefined,
  ): Promise<SessionRecord> {
    const { parts, stop } = this.#o;
    const { id, warm } = record;
    const until = deadline(
      parts.limits.startSeconds * 1000,
      "session start",
      signal ? AbortSignal.any([signal, stop]) : stop,
    );
    const startedAt = performance.now();
    try {
      await this.#assertKnown(runtime);
      await runSteps(sessionSteps(parts, { ...record, runtime, yields }), parts.log, until);
      parts.store.markReady(id);
    } catch (error) {
      const weaker = isAppError(error, "ISOLATION_WEAKER");
      if (weaker) recordWeaker(parts.audit, id, error);
      await this.#o.end(id, weaker ? "isolation-refused" : "start-failed");
      parts.log.error({
        event: "session-create",
        outcome: "failure",
        sessionId: id,
        reason: describeError(error),
      });
      if (weaker || isAppError(error, "RUNTIME_MISSING")) throw error;
      throw new AppError("SESSION_START_FAILED", { session: id }, error);
    }
    parts.log.info({
      event: "session-create",
      outcome: "success",
      sessionId: id,
      warm,
      runtime,
      durationMs: Math.round(performance.now() - startedAt),
    });
    const link = parts.links.get(id);
    if (link) this.#o.onLinked(id, link);
    return parts.store.get(id);
  }

  async #takeUsualShare(id: SessionId): Promise<void> {
    const { engine, installation } = this.#o.parts;
    await engine.setCpuShares(sessionContainerName(installation, id), usualShares);
  }

  /** A weaker runtime is never taken instead. */
  async #assertKnown(runtime: Runtime): Promise<void> {
    if (this.#known.has(runtime)) return;
    for (const each of await this.#o.parts.engine.runtimes()) this.#known.add(each);
    if (!this.#known.has(runtime)) throw new AppError("RUNTIME_MISSING", { runtime });
  }
}

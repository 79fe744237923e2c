/**
 * Files of other systems (a mail gateway, a file exchange) through the file desk. Each is a session of its own, so that
 * keys and bytes go as they do for people: at once where nothing may go on, else when it was fetched or its time is over.
 */
import { AppError, describeError } from "../base/errors.ts";
import { type DownloadId, newSessionId, type SessionId, type UserId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Readable } from "node:stream";
import type {
  FileDesk,
  ReleasedFile,
  SanitizeJob,
  SanitizeOutcome,
  SanitizeService,
} from "./types.ts";

interface Held {
  readonly ownerId: UserId;
  readonly sessionId: SessionId;
  readonly timer: NodeJS.Timeout;
}

/** Time to fetch what may go on. */
const keptMs = 5 * 60_000;
/** Of one token, at the same time: waiting, inspected, or not fetched yet. */
const mostPerToken = 20;
const retryAfterSeconds = 5;

export class Sanitizing implements SanitizeService, Disposable {
  readonly #files: FileDesk;
  readonly #log: Log;
  readonly #keptMs: number;
  readonly #held = new Map<DownloadId, Held>();
  readonly #underWay = new Map<UserId, number>();

  constructor(files: FileDesk, log: Log, options: { readonly keptMs?: number } = {}) {
    this.#files = files;
    this.#log = log;
    this.#keptMs = options.keptMs ?? keptMs;
  }

  async take(job: SanitizeJob, bytes: Readable, signal: AbortSignal): Promise<SanitizeOutcome> {
    const { ownerId, ownerName, terminal, name, profile, sizeBytes } = job;
    const underWay = this.#underWay.get(ownerId) ?? 0;
    const waiting = [...this.#held.values()].filter((each) => each.ownerId === ownerId).length;
    if (underWay + waiting >= mostPerToken) {
      bytes.destroy();
      throw new AppError("SANITIZE_BUSY", { most: mostPerToken, retryAfterSeconds });
    }
    this.#underWay.set(ownerId, underWay + 1);
    const sessionId = newSessionId();
    let isHeld = false;
    try {
      const view = await this.#files.receive(
        {
          ...{ sessionId, ownerId, ownerName, terminal, sizeBytes },
          ...{ untrustedName: name, untrustedUrl: "" },
          purpose: "api",
          rules: { download: true, profile },
        },
        bytes,
        signal,
      );
      const manifest = this.#files.manifest(view.id);
      isHeld = view.releasable && !signal.aborted;
      if (isHeld) this.#hold(view.id, ownerId, sessionId);
      const until = new Date(Date.now() + this.#keptMs).toISOString();
      const output = isHeld ? manifest?.output : null;
      return { view, manifest, output: output ? { ...output, until } : null };
    } finally {
      const left = (this.#underWay.get(ownerId) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(ownerId);
      else this.#underWay.set(ownerId, left);
      if (!isHeld) this.#end(sessionId);
    }
  }

  async fetch(ownerId: UserId, untrustedId: string, terminal: string): Promise<ReleasedFile> {
    const id = untrustedId as DownloadId;
    const held = this.#held.get(id);
    if (held?.ownerId !== ownerId) throw new AppError("NOT_FOUND", { what: "file" });
    this.#held.delete(id);
    clearTimeout(held.timer);
    try {
      const file = await this.#files.release(id, { terminal });
      file.bytes.once("close", () => this.#end(held.sessionId));
      return file;
    } catch (error) {
      this.#end(held.sessionId);
      throw error;
    }
  }

  /** What was not fetched goes with the file desk. */
  [Symbol.dispose](): void {
    for (const { timer } of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
  }

  #hold(id: DownloadId, ownerId: UserId, sessionId: SessionId): void {
    const timer = setTimeout(() => {
      this.#held.delete(id);
      this.#end(sessionId);
    }, this.#keptMs);
    timer.unref();
    this.#held.set(id, { ownerId, sessionId, timer });
  }

  #end(sessionId: SessionId): void {
    this.#files
      .endSession(sessionId)
      .catch((error: unknown) =>
        this.#log.error({ event: "sanitize-end", sessionId, reason: describeError(error) }),
      );
  }
}

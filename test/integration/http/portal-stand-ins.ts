/** Recording stand-ins of sessions and files: these tests are about who reaches them, not what they do. */
import { Readable } from "node:stream";
import { AppError } from "../../../orchestrator/base/errors.ts";
import {
  type DownloadId,
  newDownloadId,
  newSessionId,
  type SessionId,
  type UserId,
} from "../../../orchestrator/base/ids.ts";
import type { DownloadView, FileDesk } from "../../../orchestrator/downloads/types.ts";
import type { SessionService, SessionView } from "../../../orchestrator/sessions/types.ts";

export interface Ended {
  readonly id: SessionId;
  readonly reason: string;
  readonly message: string | undefined;
}

/** Keeps sessions in a map, opens no browser, notes what was ended and why. */
export function recordingSessions(ended: Ended[]): SessionService {
  const all = new Map<SessionId, SessionView>();
  const currentOf = (ownerId: UserId) =>
    [...all.values()].find((view) => view.ownerId === ownerId && view.state === "active");
  return {
    open(person, from) {
      const view: SessionView = currentOf(person.id) ?? {
        id: newSessionId(),
        state: "active",
        ownerId: person.id,
        ownerName: person.name,
        terminal: from.terminal,
        createdAt: "2026-04-01T00:00:00.000Z",
        claimedAt: "2026-04-01T00:00:00.000Z",
        expiresAt: "2026-04-01T10:00:00.000Z",
        idleMinutes: 30,
        endReason: null,
        warm: false,
      };
      all.set(view.id, view);
      return Promise.resolve(view);
    },
    find: (id) => all.get(id),
    current: currentOf,
    list: () => [...all.values()].filter(({ state }) => state !== "deleted"),
    end(id, reason, message) {
      const view = all.get(id);
      if (view) all.set(id, { ...view, state: "deleted", endReason: reason });
      ended.push({ id, reason, message });
      return Promise.resolve();
    },
  };
}

/** Holds finished files in memory; takes none in. */
export function recordingFiles() {
  const all = new Map<DownloadId, { view: DownloadView; ownerId: UserId; content: string }>();
  const released: DownloadId[] = [];
  const desk: FileDesk = {
    receive: () => Promise.reject(new Error("these tests receive nothing")),
    draw: () => Promise.resolve(undefined),
    inspectUpload: () => Promise.reject(new Error("no uploads here")),
    list: () => [],
    find: (id) => all.get(id),
    release(id) {
      const found = all.get(id);
      if (!found) return Promise.reject(new AppError("NOT_FOUND"));
      if (!found.view.releasable) return Promise.reject(new AppError("FILE_NOT_RELEASED"));
      released.push(id);
      return Promise.resolve({
        name: found.view.name,
        mediaType: "application/pdf",
        sizeBytes: Buffer.byteLength(found.content),
        bytes: Readable.from([found.content], { objectMode: false }),
      });
    },
    unlock: (id) => Promise.reject(new AppError("FILE_NOT_WAITING", { download: id })),
    manifest: () => undefined,
    search: () => [],
    record: () => undefined,
    recordedManifest: () => undefined,
    showSaved: () => undefined,
    onChange: () => () => undefined,
    endSession: () => Promise.resolve(),
  };
  const add = (ownerId: UserId, name: string, content: string): DownloadId => {
    const id = newDownloadId();
    const view: DownloadView = {
      id,
      sessionId: newSessionId(),
      name,
      sizeBytes: content.length,
      stage: "done",
      verdict: content === "" ? "blocked" : "sanitized",
      removed: [],
      messageJa: "",
      messageEn: "",
      releasable: content !== "",
      receivedAt: "2026-04-01T00:00:00.000Z",
    };
    all.set(id, { view, ownerId, content });
    return id;
  };
  return { desk, released, add };
}

/**
 * A person's own session or download. Somebody else's is answered exactly like one that does not exist,
 * so that an id tells nothing.
 */
import { AppError } from "../base/errors.ts";
import { type DownloadId, looksLikeId, type SessionId, type UserId } from "../base/ids.ts";
import type { DownloadView, FileDesk } from "../downloads/types.ts";
import type { SessionService, SessionView } from "../sessions/types.ts";

/** Throws NOT_FOUND. */
export function ownSession(
  sessions: SessionService,
  untrustedId: string,
  ownerId: UserId,
): SessionView {
  const found = looksLikeId(untrustedId) ? sessions.find(untrustedId as SessionId) : undefined;
  if (!found || found.ownerId !== ownerId) throw new AppError("NOT_FOUND", { what: "session" });
  return found;
}

/** Throws NOT_FOUND. */
export function ownDownload(files: FileDesk, untrustedId: string, ownerId: UserId): DownloadView {
  const found = looksLikeId(untrustedId) ? files.find(untrustedId as DownloadId) : undefined;
  if (!found || found.ownerId !== ownerId) throw new AppError("NOT_FOUND", { what: "download" });
  return found.view;
}

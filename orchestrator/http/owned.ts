/**
 * A person's own session or download. Somebody else's is answered exactly like one that does not exist,
 * so that an id tells nothing.
 */
import type { FastifyRequest } from "fastify";
import { AppError } from "../base/errors.ts";
import { type DownloadId, looksLikeId, type SessionId, type UserId } from "../base/ids.ts";
import type { DownloadView, FileDesk } from "../downloads/types.ts";
import type { SessionService, SessionView } from "../sessions/types.ts";
import { idParams } from "./params.ts";
import type { Caller } from "./route.ts";
import { validate } from "./validate.ts";

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

/** The download that the request is about. Throws NOT_FOUND. */
export function ownDownload(
  files: FileDesk,
  request: Pick<FastifyRequest, "params">,
  { user }: Pick<Caller, "user">,
): DownloadView {
  const { id } = validate(idParams, request.params, "params");
  const found = looksLikeId(id) ? files.find(id as DownloadId) : undefined;
  if (!found || found.ownerId !== user.id) throw new AppError("NOT_FOUND", { what: "download" });
  return found.view;
}

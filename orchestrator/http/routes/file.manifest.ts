/** GET /api/files/:id/manifest, owner only. */
import type { FastifyReply } from "fastify";
import { AppError } from "../../base/errors.ts";
import { type DownloadId, looksLikeId } from "../../base/ids.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendManifest } from "../send-manifest.ts";
import { validate } from "../validate.ts";

export const fileManifest: Route = {
  method: "GET",
  url: "/api/files/:id/manifest",
  summary: "The same document as in the tray, also when the session is over",
  takes: { params: idParams },
  gives: { media: "application/json" },
  access: "signed-in",
  async handle({ deps, request, reply, caller }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    const record = looksLikeId(id) ? deps.files.record(id as DownloadId) : undefined;
    if (record?.ownerId !== caller.user.id) throw new AppError("NOT_FOUND", { what: "file" });
    return sendManifest(reply, record.name, deps.files.recordedManifest(record.id));
  },
};

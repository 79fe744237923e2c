/** GET /api/admin/records/:id/manifest: the record of anybody's file, for auditors. Never the file. */
import type { FastifyReply } from "fastify";
import { AppError } from "../../base/errors.ts";
import { type DownloadId, looksLikeId } from "../../base/ids.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendManifest } from "../send-manifest.ts";
import { validate } from "../validate.ts";

export const adminFileManifest: Route = {
  method: "GET",
  url: "/api/admin/records/:id/manifest",
  summary: "The record of anybody's file, for auditors",
  takes: { params: idParams },
  gives: { media: "application/json" },
  scope: "files:read",
  access: "roles",
  roles: ["auditor"],
  async handle({ deps, request, reply }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    const record = looksLikeId(id) ? deps.files.record(id as DownloadId) : undefined;
    if (record === undefined) throw new AppError("NOT_FOUND", { what: "file" });
    return sendManifest(reply, record.name, deps.files.recordedManifest(record.id));
  },
};

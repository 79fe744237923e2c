/**
 * GET /api/downloads/:id/content, owner only: the released file as an attachment. The desk decides whether it may leave
 * and writes the audit record; this route only carries the bytes.
 */
import type { FastifyReply } from "fastify";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendFile } from "../send-file.ts";
import { validate } from "../validate.ts";

export const downloadContent: Route = {
  method: "GET",
  url: "/api/downloads/:id/content",
  summary: "The released file",
  takes: { params: idParams },
  gives: { media: "application/octet-stream" },
  access: "signed-in",
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    const view = ownDownload(deps.files, id, caller.user.id);
    return sendFile(reply, await deps.files.release(view.id, { terminal }));
  },
};

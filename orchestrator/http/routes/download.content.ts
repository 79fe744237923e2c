/**
 * GET /api/downloads/:id/content, owner only: the released file as an attachment. The desk decides
 * whether it may leave and writes the audit record; this route only carries the bytes.
 */
import type { FastifyReply } from "fastify";
import { attachment } from "../content-disposition.ts";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sandboxedContentPolicy } from "../security-headers.ts";
import { validate } from "../validate.ts";

export const downloadContent: Route = {
  method: "GET",
  url: "/api/downloads/:id/content",
  access: "signed-in",
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    const view = ownDownload(deps.files, id, caller.user.id);
    const file = await deps.files.release(view.id, { terminal });
    return reply
      .header("content-type", file.mediaType)
      .header("content-length", file.sizeBytes)
      .header("content-disposition", attachment(file.name))
      .header("content-security-policy", sandboxedContentPolicy)
      .send(file.bytes);
  },
};

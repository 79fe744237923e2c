/** GET /api/sanitize/:id/content. */
import type { FastifyReply } from "fastify";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendFile } from "../send-file.ts";
import { validate } from "../validate.ts";

export const sanitizeContent: Route = {
  method: "GET",
  url: "/api/sanitize/:id/content",
  summary: "What may go on of a file, for the token that handed it in; once",
  takes: { params: idParams },
  gives: { media: "application/octet-stream" },
  access: "token",
  scope: "sanitize",
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    return sendFile(reply, await deps.sanitizing.fetch(caller.user.id, id, terminal));
  },
};

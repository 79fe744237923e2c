/**
 * GET /api/saves/:id: the file that a one-time link is for, as an attachment. Whoever released it decides again whether
 * it may leave and writes the audit record; this route only carries the bytes.
 */
import type { FastifyReply } from "fastify";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendFile } from "../send-file.ts";
import { validate } from "../validate.ts";

export const saveOpen: Route = {
  method: "GET",
  url: "/api/saves/:id",
  summary: "The file of a one-time link, for the person it was made for; once",
  takes: { params: idParams },
  gives: { media: "application/octet-stream" },
  access: "signed-in",
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    return sendFile(reply, await deps.saveLinks.open(caller.user.id, id, terminal));
  },
};

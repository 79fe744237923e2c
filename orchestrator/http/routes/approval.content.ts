/** GET /api/approvals/:id/content, owner only. */
import type { FastifyReply } from "fastify";
import { actorOf } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendFile } from "../send-file.ts";
import { validate } from "../validate.ts";

export const approvalContent: Route = {
  method: "GET",
  url: "/api/approvals/:id/content",
  summary: "The approved file as an attachment",
  takes: { params: idParams },
  gives: { media: "application/octet-stream" },
  access: "signed-in",
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    return sendFile(reply, deps.approvals.collect(actorOf(caller, terminal), id));
  },
};

/** GET /api/approvals/:id/manifest. */
import type { FastifyReply } from "fastify";
import { actorOf } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendManifest } from "../send-manifest.ts";
import { validate } from "../validate.ts";

export const approvalManifest: Route = {
  method: "GET",
  url: "/api/approvals/:id/manifest",
  summary: "無害化証跡 of the file, for who may decide about it",
  takes: { params: idParams },
  gives: { media: "application/json" },
  access: "signed-in",
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    const approval = deps.approvals.look(actorOf(caller, terminal), id);
    const document = deps.files.recordedManifest(approval.downloadId);
    return sendManifest(reply, approval.name, document);
  },
};

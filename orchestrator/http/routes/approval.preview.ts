/** GET /api/approvals/:id/preview: pixels or text of the file, never the file. Looking is on record. */
import type { FastifyReply } from "fastify";
import { deadline } from "../../base/deadline.ts";
import { AppError } from "../../base/errors.ts";
import { actorOf } from "../approval-views.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendFile } from "../send-file.ts";
import { validate } from "../validate.ts";

/** LibreOffice's part included; the socket is silent meanwhile. */
const longestMs = 5 * 60_000;

export const approvalPreview: Route = {
  method: "GET",
  url: "/api/approvals/:id/preview",
  summary:
    "How the file looks, for who may decide: pictures of its pages as PDF, a picture, or text",
  takes: { params: idParams },
  gives: { media: "application/octet-stream" },
  access: "signed-in",
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    const file = deps.approvals.content(actorOf(caller, terminal), id);
    deps.audit.write({
      action: "approval-look",
      outcome: "success",
      ...{ userId: caller.user.id, userName: caller.user.name, terminal, target: file.name },
      details: { approval: id, preview: true },
    });
    request.raw.socket.setTimeout(longestMs);
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort(new Error("approver left")));
    const drawn = await deps.files.draw(file, deadline(longestMs, "preview", gone.signal));
    if (drawn === undefined) throw new AppError("PREVIEW_NOT_POSSIBLE", { approval: id });
    return sendFile(reply, drawn);
  },
};

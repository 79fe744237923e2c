/** GET /api/downloads/:id/manifest, owner only: the record of how the verdict came about, to keep beside the file. */
import type { FastifyReply } from "fastify";
import { AppError } from "../../base/errors.ts";
import { attachment } from "../content-disposition.ts";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sandboxedContentPolicy } from "../security-headers.ts";
import { validate } from "../validate.ts";

export const downloadManifest: Route = {
  method: "GET",
  url: "/api/downloads/:id/manifest",
  access: "signed-in",
  async handle({ deps, request, reply, caller }): Promise<FastifyReply> {
    const { id } = validate(idParams, request.params, "params");
    const view = ownDownload(deps.files, id, caller.user.id);
    const manifest = deps.files.manifest(view.id);
    if (manifest === undefined) throw new AppError("NOT_FOUND", { what: "manifest" });
    return reply
      .header("content-type", "application/json; charset=utf-8")
      .header("content-disposition", attachment(`${view.name}.無害化証跡.json`))
      .header("content-security-policy", sandboxedContentPolicy)
      .send(`${JSON.stringify(manifest, null, 2)}\n`);
  },
};

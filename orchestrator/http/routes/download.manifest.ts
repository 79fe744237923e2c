/** GET /api/downloads/:id/manifest, owner only. */
import type { FastifyReply } from "fastify";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { sendManifest } from "../send-manifest.ts";

export const downloadManifest: Route = {
  method: "GET",
  url: "/api/downloads/:id/manifest",
  summary: "The record of how the verdict came about, to keep beside the file",
  takes: { params: idParams },
  gives: { media: "application/json" },
  access: "signed-in",
  async handle({ deps, request, reply, caller }): Promise<FastifyReply> {
    const view = ownDownload(deps.files, request, caller);
    const manifest = deps.files.manifest(view.id);
    return sendManifest(reply, view.name, manifest && JSON.stringify(manifest));
  },
};

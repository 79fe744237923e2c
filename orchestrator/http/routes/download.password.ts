/** POST /api/downloads/:id/password, owner only: tries passwords on a file that waits for one. They are not kept. */
import { deadline } from "../../base/deadline.ts";
import { type Download, downloadPasswords, download } from "../file-contract.ts";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

/** Sandbox, LibreOffice and scanner have deadlines of their own; this is for what waits in line before them. */
const unlockMs = 600_000;

export const downloadPassword: Route = {
  method: "POST",
  url: "/api/downloads/:id/password",
  summary: "Tries passwords on a file that waits for one",
  takes: { params: idParams, body: downloadPasswords },
  gives: download,
  access: "signed-in",
  async handle({ deps, request, caller }): Promise<Download> {
    const view = ownDownload(deps.files, request, caller);
    const { passwords } = validate(downloadPasswords, request.body, "body");
    const { sessionId: _session, ...download } = await deps.files.unlock(
      view.id,
      passwords,
      deadline(unlockMs, "unlock"),
    );
    return { ...download, removed: [...download.removed] };
  },
};

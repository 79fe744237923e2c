/** POST /api/downloads/:id/shared-folder, owner only: the released file into a folder of the file server. */
import { actorOf } from "../approval-views.ts";
import { saveToFolder, type SavedFile, savedFile } from "../file-contract.ts";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const downloadSave: Route = {
  method: "POST",
  url: "/api/downloads/:id/shared-folder",
  summary: "Saves the released file to a shared folder",
  takes: { params: idParams, body: saveToFolder },
  gives: savedFile,
  access: "signed-in",
  async handle({ deps, request, caller, terminal }): Promise<SavedFile> {
    const view = ownDownload(deps.files, request, caller);
    const { folder } = validate(saveToFolder, request.body, "body");
    const actor = actorOf(caller, terminal);
    const { shownAs, until } = await deps.sharedFolders.saveDownload(actor, view.id, folder);
    return { shownAs, until: new Date(until).toISOString() };
  },
};

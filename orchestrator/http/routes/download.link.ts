/** POST /api/downloads/:id/link, owner only: the way on which the released file leaves for the terminal, once. */
import { AppError } from "../../base/errors.ts";
import { type SaveLink, saveLink } from "../file-contract.ts";
import { ownDownload } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { toSaveLink } from "../to-save-link.ts";

export const downloadLink: Route = {
  method: "POST",
  url: "/api/downloads/:id/link",
  summary: "A link to the released file that opens once, within a minute",
  takes: { params: idParams },
  gives: saveLink,
  access: "signed-in",
  handle({ deps, request, caller }): Promise<SaveLink> {
    const { id, releasable } = ownDownload(deps.files, request, caller);
    // Said here and not first where the link leads: there a browser would show no words.
    if (!releasable) throw new AppError("FILE_NOT_RELEASED", { download: id });
    const made = deps.saveLinks.make(caller.user.id, (terminal) =>
      deps.files.release(id, { terminal }),
    );
    return Promise.resolve(toSaveLink(made));
  },
};

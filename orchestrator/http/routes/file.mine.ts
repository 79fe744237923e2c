/** GET /api/files. */
import { type FilePage, fileQuery, filePage } from "../approval-contract.ts";
import { toMyFile } from "../approval-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const fileMine: Route = {
  method: "GET",
  url: "/api/files",
  summary: "One's own judged files, newest first, with what became of their approvals",
  takes: { query: fileQuery },
  gives: filePage,
  access: "signed-in",
  handle({ deps: { files, approvals, sharedFolders }, request, caller }): Promise<FilePage> {
    const { q, before, limit } = validate(fileQuery, request.query, "query");
    const ownerId = caller.user.id;
    const found = files.search({
      ownerId,
      // One more says whether there is another page.
      limit: limit + 1,
      ...(q !== undefined && { q }),
      ...(before !== undefined && { before }),
    });
    const shown = found.slice(0, limit);
    const mine = approvals.mine(ownerId);
    const saved = sharedFolders.savedOf(ownerId);
    return Promise.resolve({
      files: shown.map((record) =>
        toMyFile(
          record,
          mine.find(({ downloadId }) => downloadId === record.id),
          files.find(record.id)?.view.releasable ?? false,
          saved.find(({ downloadId }) => downloadId === record.id)?.shownAs,
        ),
      ),
      nextBefore: found.length > limit ? (shown.at(-1)?.seq ?? null) : null,
      waiting: mine.filter(({ state }) => state === "open").length,
      ready: mine.filter(
        ({ keptUntil, collectedAt, direction }) =>
          keptUntil !== null && collectedAt === null && direction === "download",
      ).length,
    });
  },
};

/** GET /api/admin/records. */
import { type AdminFilePage, fileQuery, adminFilePage } from "../approval-contract.ts";
import { toAdminFile } from "../approval-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const adminFileList: Route = {
  method: "GET",
  url: "/api/admin/records",
  summary: "Everybody's judged files, searched through their records, for auditors",
  takes: { query: fileQuery },
  gives: adminFilePage,
  scope: "files:read",
  access: "roles",
  roles: ["auditor"],
  handle({ deps: { files }, request }): Promise<AdminFilePage> {
    const { q, before, limit } = validate(fileQuery, request.query, "query");
    const found = files.search({
      limit: limit + 1,
      ...(q !== undefined && { q }),
      ...(before !== undefined && { before }),
    });
    const shown = found.slice(0, limit);
    return Promise.resolve({
      files: shown.map(toAdminFile),
      nextBefore: found.length > limit ? (shown.at(-1)?.seq ?? null) : null,
    });
  },
};

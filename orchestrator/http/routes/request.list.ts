/** GET /api/admin/requests. */
import { type RequestPage, requestListQuery, requestPage } from "../request-contract.ts";
import { toAdminRequest } from "../request-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const requestList: Route = {
  method: "GET",
  url: "/api/admin/requests",
  summary: "The inbox, newest first",
  takes: { query: requestListQuery },
  gives: requestPage,
  scope: "requests:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps: { requests }, request, caller }): Promise<RequestPage> {
    const { limit, state, q, before } = validate(requestListQuery, request.query, "query");
    const found = requests.search({
      // One more says whether there is another page.
      limit: limit + 1,
      ...(state !== undefined && { state }),
      ...(q !== undefined && { q }),
      ...(before !== undefined && { before }),
    });
    const shown = found.slice(0, limit);
    return Promise.resolve({
      requests: shown.map((each) => toAdminRequest(each, caller)),
      open: requests.openCount(),
      nextBefore: found.length > limit ? (shown.at(-1)?.seq ?? null) : null,
    });
  },
};

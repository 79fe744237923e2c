/** GET /api/notices. */
import { type NoticePage, noticePage, noticePageQuery } from "../notice-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const noticeList: Route = {
  method: "GET",
  url: "/api/notices",
  summary: "One's own notices, newest first, and how many are unread",
  takes: { query: noticePageQuery },
  gives: noticePage,
  access: "signed-in",
  handle({ deps: { notices }, request, caller }): Promise<NoticePage> {
    const { q, before, limit } = validate(noticePageQuery, request.query, "query");
    const found = notices.list(caller.user.id, {
      // One more says whether there is another page.
      limit: limit + 1,
      ...(q !== undefined && { q }),
      ...(before !== undefined && { before }),
    });
    const shown = found.slice(0, limit);
    return Promise.resolve({
      notices: shown.map(({ id, kind, atMs, isRead, words }) => ({
        ...{ id, kind, isRead, ...words },
        at: new Date(atMs).toISOString(),
      })),
      nextBefore: found.length > limit ? (shown.at(-1)?.id ?? null) : null,
      unread: notices.unread(caller.user.id),
    });
  },
};

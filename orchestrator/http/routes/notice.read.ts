/** POST /api/notices/read. */
import { noticesRead, type NoticesUnread, noticesUnread } from "../notice-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const noticeRead: Route = {
  method: "POST",
  url: "/api/notices/read",
  summary:
    "Marks notices of one's own as read, all or some; numbers that are not one's own change nothing",
  takes: { body: noticesRead },
  gives: noticesUnread,
  access: "signed-in",
  handle({ deps: { notices }, request, caller }): Promise<NoticesUnread> {
    const which = validate(noticesRead, request.body, "body");
    notices.markRead(caller.user.id, "all" in which ? "all" : which.ids);
    return Promise.resolve({ unread: notices.unread(caller.user.id) });
  },
};

/** GET /api/notices/settings. */
import { type NoticeSettingsView, noticeSettingsView } from "../notice-contract.ts";
import type { Route } from "../route.ts";

export const noticeSettingsRead: Route = {
  method: "GET",
  url: "/api/notices/settings",
  summary: "What one wants by mail, and what the installation offers",
  gives: noticeSettingsView,
  access: "signed-in",
  handle: ({ deps: { notices }, caller }): Promise<NoticeSettingsView> =>
    Promise.resolve(notices.settings(caller.user)),
};

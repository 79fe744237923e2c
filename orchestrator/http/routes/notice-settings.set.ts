/** POST /api/notices/settings. */
import { mailSettings, type NoticeSettingsView, noticeSettingsView } from "../notice-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const noticeSettingsSet: Route = {
  method: "POST",
  url: "/api/notices/settings",
  summary: "Says what one wants by mail, and where to",
  takes: { body: mailSettings },
  gives: noticeSettingsView,
  access: "signed-in",
  handle({ deps: { notices, audit }, request, caller, terminal }): Promise<NoticeSettingsView> {
    const wanted = validate(mailSettings, request.body, "body");
    notices.setSettings(caller.user.id, wanted);
    const { id: userId, name: userName } = caller.user;
    const details = { address: wanted.address, kinds: wanted.kinds.join(" ") };
    audit.write({
      ...{ action: "notice-settings", outcome: "success", userId, userName, terminal, details },
    });
    return Promise.resolve(notices.settings(caller.user));
  },
};

/** POST /api/admin/settings/trial. */
import type { Route } from "../route.ts";
import { settingsRequest, settingsTrial } from "../settings-contract.ts";
import { validate } from "../validate.ts";

export const settingsTry: Route = {
  method: "POST",
  url: "/api/admin/settings/trial",
  summary:
    "What a change of settings would make of the file, and whether Hanare would start with it",
  takes: { body: settingsRequest },
  gives: settingsTrial,
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps, request }) => deps.settings.try(validate(settingsRequest, request.body, "body")),
};

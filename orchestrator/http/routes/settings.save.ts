/** POST /api/admin/settings. */
import type { Route } from "../route.ts";
import { settingsRequest, settingsView } from "../settings-contract.ts";
import { validate } from "../validate.ts";

export const settingsSave: Route = {
  method: "POST",
  url: "/api/admin/settings",
  summary:
    "Writes changed settings into hanare.yaml; live ones hold at once, others from the next start; recorded",
  takes: { body: settingsRequest },
  gives: settingsView,
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  handle({ deps, request, caller, terminal }) {
    const body = validate(settingsRequest, request.body, "body");
    return deps.settings.save(body, (changed) =>
      deps.audit.write({
        ...{ action: "settings-change", outcome: "success", terminal, target: "hanare.yaml" },
        ...{ userId: caller.user.id, userName: caller.user.name },
        details: Object.fromEntries(
          changed.map(({ path, before, after }) => [path, `${before} → ${after}`.slice(0, 4096)]),
        ),
      }),
    );
  },
};

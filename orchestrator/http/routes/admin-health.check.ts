/** POST /api/admin/health. Answers at once; the check goes on, and the record follows when it is through. */
import { healthView } from "../overview-contract.ts";
import type { Route } from "../route.ts";

export const adminHealthCheck: Route = {
  method: "POST",
  url: "/api/admin/health",
  summary: "Begins what `hanare doctor` does, or joins the check that runs; recorded",
  gives: healthView,
  scope: "system:write",
  access: "roles",
  roles: ["system-admin"],
  handle({ deps, caller, terminal }) {
    const { id: userId, name: userName } = caller.user;
    const view = deps.health.start(({ healthy, checks }) => {
      const failed = checks.filter(({ level }) => level === "fail").map(({ id }) => id);
      deps.audit.write({
        ...{ action: "health-check", outcome: healthy ? "success" : "failure" },
        ...{ userId, userName, terminal },
        ...(!healthy && { reason: failed.join(", ").slice(0, 256) }),
      });
    });
    return Promise.resolve(view);
  },
};

/** POST /api/admin/isolation. */
import { isolationReport } from "../overview-contract.ts";
import type { Route } from "../route.ts";

export const isolationProbe: Route = {
  method: "POST",
  url: "/api/admin/isolation",
  summary: "Starts a probe container, looks at it, removes it; recorded",
  gives: isolationReport,
  scope: "system:write",
  access: "roles",
  roles: ["system-admin"],
  async handle({ deps, caller, terminal }) {
    const report = await deps.isolation.probe();
    const failed = (report.probe?.rows ?? []).filter(({ level }) => level !== "ok");
    deps.audit.write({
      action: "isolation-check",
      outcome: failed.length === 0 ? "success" : "failure",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: "probe",
      ...(failed.length === 0
        ? {}
        : {
            reason: failed
              .map(({ id }) => id)
              .join(", ")
              .slice(0, 256),
          }),
    });
    return report;
  },
};

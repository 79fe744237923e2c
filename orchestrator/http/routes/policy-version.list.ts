/** GET /api/admin/policy/versions: the history, newest first. */
import { type VersionView, versionQuery } from "../policy-contract.ts";
import { toVersionView } from "../policy-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyVersionList: Route = {
  method: "GET",
  url: "/api/admin/policy/versions",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<{ current: number | null; versions: VersionView[] }> {
    const { limit, before } = validate(versionQuery, request.query, "query");
    const { current, versions } = deps.policyDesk.history(limit, before);
    return Promise.resolve({ current, versions: versions.map(toVersionView) });
  },
};

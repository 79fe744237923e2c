/** GET /api/admin/policy/versions/:number. */
import { type VersionView, versionParams, versionView } from "../policy-contract.ts";
import { toVersionView } from "../policy-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyVersionRead: Route = {
  method: "GET",
  url: "/api/admin/policy/versions/:number",
  summary: "One kept version of the policy",
  takes: { params: versionParams },
  gives: versionView,
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<VersionView> {
    const { number } = validate(versionParams, request.params, "params");
    return Promise.resolve(toVersionView(deps.policyDesk.version(number)));
  },
};

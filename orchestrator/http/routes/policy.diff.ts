/** GET /api/admin/policy/diff: what opens and what closes between two kept versions. */
import type { DiffReport } from "../../policy-desk/types.ts";
import { diffQuery } from "../policy-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyDiff: Route = {
  method: "GET",
  url: "/api/admin/policy/diff",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<DiffReport> {
    const { from, to } = validate(diffQuery, request.query, "query");
    return deps.policyDesk.diff(from, to);
  },
};

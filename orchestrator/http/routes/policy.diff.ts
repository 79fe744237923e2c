/** GET /api/admin/policy/diff. */
import { z } from "zod";
import type { DiffReport } from "../../policy-desk/types.ts";
import { diffQuery } from "../policy-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyDiff: Route = {
  method: "GET",
  url: "/api/admin/policy/diff",
  summary: "What opens and what closes between two kept versions",
  takes: { query: diffQuery },
  gives: z.looseObject({}),
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<DiffReport> {
    const { from, to } = validate(diffQuery, request.query, "query");
    return deps.policyDesk.diff(from, to);
  },
};

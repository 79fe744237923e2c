/** GET /api/admin/policy/versions. */
import { z } from "zod";
import { type VersionView, versionQuery, versionView } from "../policy-contract.ts";
import { toVersionView } from "../policy-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyVersionList: Route = {
  method: "GET",
  url: "/api/admin/policy/versions",
  summary: "The history, newest first",
  takes: { query: versionQuery },
  gives: z.strictObject({ current: z.int().nullable(), versions: z.array(versionView) }),
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<{ current: number | null; versions: VersionView[] }> {
    const { limit, before } = validate(versionQuery, request.query, "query");
    const { current, versions } = deps.policyDesk.history(limit, before);
    return Promise.resolve({ current, versions: versions.map(toVersionView) });
  },
};

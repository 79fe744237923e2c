/** GET /api/admin/policy/lint. */
import { z } from "zod";
import type { LintFinding } from "../../policy-desk/types.ts";
import type { Route } from "../route.ts";

export const policyLint: Route = {
  method: "GET",
  url: "/api/admin/policy/lint",
  summary: "What the policy in force says that its writer hardly means",
  gives: z.strictObject({ findings: z.array(z.looseObject({})) }),
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  async handle({ deps }): Promise<{ readonly findings: readonly LintFinding[] }> {
    return { findings: await deps.policyDesk.lint() };
  },
};

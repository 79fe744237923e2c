/** GET /api/admin/policy: what is in force, and what is wrong with a newer file. */
import type { PolicyStatus } from "../overview-contract.ts";
import type { Route } from "../route.ts";

export const policyRead: Route = {
  method: "GET",
  url: "/api/admin/policy",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle: ({ deps }): Promise<PolicyStatus> => Promise.resolve(deps.policyStatus()),
};

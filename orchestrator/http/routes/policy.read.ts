/** GET /api/admin/policy. */
import { type PolicyStatus, policyStatus } from "../overview-contract.ts";
import type { Route } from "../route.ts";

export const policyRead: Route = {
  method: "GET",
  url: "/api/admin/policy",
  summary: "What is in force, and what is wrong with a newer file",
  gives: policyStatus,
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle: ({ deps }): Promise<PolicyStatus> => Promise.resolve(deps.policyStatus()),
};

/** GET /api/admin/groups. How many people are in each, never who: that is `users:read`. */
import { z } from "zod";
import { type GroupView, groupView } from "../rights-contract.ts";
import { toGroups } from "../rights-views.ts";
import type { Route } from "../route.ts";

export const groupList: Route = {
  method: "GET",
  url: "/api/admin/groups",
  summary: "Groups of people and of the policy, and what each may do in a session",
  gives: z.strictObject({ groups: z.array(groupView) }),
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps }): Promise<{ readonly groups: readonly GroupView[] }> {
    return Promise.resolve({ groups: toGroups(deps.identity.list(), deps.rights) });
  },
};

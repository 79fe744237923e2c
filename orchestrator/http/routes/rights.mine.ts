/** GET /api/rights. */
import { type MyRights, myRights } from "../rights-contract.ts";
import { toRights } from "../rights-views.ts";
import type { Route } from "../route.ts";

export const rightsMine: Route = {
  method: "GET",
  url: "/api/rights",
  summary: "What the policy in force lets me do in a session, and the groups it goes by",
  gives: myRights,
  access: "signed-in",
  handle({ deps, caller }): Promise<MyRights> {
    const { groups } = caller.user;
    return Promise.resolve({ groups: [...groups], rights: toRights(deps.rights.of(groups)) });
  },
};

/** GET /api/factors. */
import { type FactorView, factorState } from "../account-contract.ts";
import type { Route } from "../route.ts";

export const factorList: Route = {
  method: "GET",
  url: "/api/factors",
  summary: "What the person signs in with besides the password",
  gives: factorState,
  access: "signed-in",
  from: "enrol",
  handle({ deps, caller }): Promise<FactorView> {
    const state = deps.identity.secondFactor.state(caller.user);
    return Promise.resolve({ ...state, passkeys: [...state.passkeys] });
  },
};

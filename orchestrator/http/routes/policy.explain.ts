/** POST /api/admin/policy/explain: what the policy in force does with an address, and why. Changes nothing. */
import type { ExplainAnswer } from "../../policy-desk/types.ts";
import { explainBody } from "../policy-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyExplain: Route = {
  method: "POST",
  url: "/api/admin/policy/explain",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<ExplainAnswer> {
    const { target, at, terminal, resolves, plane, groups } = validate(
      explainBody,
      request.body,
      "body",
    );
    const question = {
      plane,
      groups,
      target: {
        kind: target.includes("://") ? ("url" as const) : ("connect" as const),
        text: target,
      },
      at: at === undefined ? Date.now() : Date.parse(at),
      ...(terminal !== undefined && { terminal }),
      ...(resolves && { resolves }),
    };
    return Promise.resolve(deps.policyDesk.explain(question));
  },
};

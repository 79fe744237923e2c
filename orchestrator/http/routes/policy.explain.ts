/** POST /api/admin/policy/explain: what the policy in force does with an address, and why. Changes nothing. */
import { z } from "zod";
import { AppError } from "../../base/errors.ts";
import { type ExplainView, explainBody } from "../policy-contract.ts";
import type { HttpDeps } from "../deps.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyExplain: Route = {
  method: "POST",
  url: "/api/admin/policy/explain",
  summary: "What the policy in force does with an address, and why",
  gives: z.looseObject({}),
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<ExplainView> {
    const { target, at, terminal, resolves, plane, ...asked } = validate(
      explainBody,
      request.body,
      "body",
    );
    const groups = [...new Set([...asked.groups, ...groupsOf(deps, asked.user)])];
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
    return Promise.resolve({ ...deps.policyDesk.explain(question), groups });
  },
};

/** Throws NOT_FOUND. */
function groupsOf({ identity }: HttpDeps, user: string | undefined): readonly string[] {
  if (user === undefined) return [];
  const found = identity.list().find(({ name }) => name === user);
  if (!found) throw new AppError("NOT_FOUND", { what: "user" });
  return found.groups;
}

/** POST /api/admin/policy/rollback. */
import { z } from "zod";
import { rollbackBody } from "../policy-contract.ts";
import { authorOf, sayOutcome } from "../policy-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyRollback: Route = {
  method: "POST",
  url: "/api/admin/policy/rollback",
  summary: "An earlier version's files come into force again, as a new version",
  takes: { body: rollbackBody },
  gives: z.looseObject({}),
  scope: "policy:write",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  fresh: true,
  async handle({ deps, request, reply, caller, terminal }) {
    const { to, base, note } = validate(rollbackBody, request.body, "body");
    const outcome = await deps.policyDesk.publish({
      source: { kind: "version", number: to },
      as: "rollback",
      author: authorOf(caller),
      ...{ base, note, terminal },
    });
    return sayOutcome(outcome, reply);
  },
};

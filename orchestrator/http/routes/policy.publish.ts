/** POST /api/admin/policy/publish. */
import { z } from "zod";
import { policyBodyBytes, publishBody } from "../policy-contract.ts";
import { allowedSource, authorOf, replayMs, sayOutcome } from "../policy-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyPublish: Route = {
  method: "POST",
  url: "/api/admin/policy/publish",
  summary: "Tries a candidate and, when nothing speaks against it, puts it in force",
  takes: { body: publishBody },
  gives: z.looseObject({}),
  scope: "policy:write",
  bodyBytes: policyBodyBytes,
  access: "roles",
  roles: ["list-admin", "system-admin"],
  fresh: true,
  async handle({ deps, request, reply, caller, terminal }) {
    const { source, base, note, replayHours } = validate(publishBody, request.body, "body");
    const replay = replayMs(replayHours);
    const outcome = await deps.policyDesk.publish({
      source: allowedSource(source, caller),
      as: source.kind === "edits" ? "edit" : source.kind === "version" ? "rollback" : "publish",
      author: authorOf(caller),
      ...{ base, note, terminal },
      ...(replay !== undefined && { replayMs: replay }),
    });
    return sayOutcome(outcome, reply);
  },
};

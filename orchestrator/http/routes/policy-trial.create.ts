/** POST /api/admin/policy/trials. */
import { z } from "zod";
import { policyBodyBytes, trialBody } from "../policy-contract.ts";
import { allowedSource, replayMs } from "../policy-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyTrialCreate: Route = {
  method: "POST",
  url: "/api/admin/policy/trials",
  summary: "Tries a candidate, recorded decisions included, without publishing it",
  takes: { body: trialBody },
  gives: z.strictObject({ id: z.string() }),
  scope: "policy:write",
  bodyBytes: policyBodyBytes,
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request, caller }): Promise<{ readonly id: string }> {
    const { source, base, replayHours } = validate(trialBody, request.body, "body");
    const id = deps.policyDesk.startTrial(
      allowedSource(source, caller),
      base,
      replayMs(replayHours),
    );
    return Promise.resolve({ id });
  },
};

/** GET /api/admin/policy/trials/:id. */
import { z } from "zod";
import type { Trial } from "../../policy-desk/types.ts";
import type { ErrorBody } from "../contract.ts";
import { errorBodyOf, toAppError } from "../error-map.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

type Answer =
  | { readonly state: "running"; readonly progress: number }
  | { readonly state: "done"; readonly trial: Trial }
  | { readonly state: "failed"; readonly error: ErrorBody };

export const policyTrialRead: Route = {
  method: "GET",
  url: "/api/admin/policy/trials/:id",
  summary: "How far a trial is, or what came of it",
  takes: { params: idParams },
  gives: z.looseObject({}),
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request }): Promise<Answer> {
    const job = deps.policyDesk.trial(validate(idParams, request.params, "params").id);
    if (job.state !== "failed") return Promise.resolve(job);
    const error = toAppError(job.error);
    deps.log.warn({ event: "policy-trial", outcome: "failure", reason: error.message });
    return Promise.resolve({ state: "failed", error: errorBodyOf(error.code, request.id) });
  },
};

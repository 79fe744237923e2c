/** POST /api/admin/requests/:id/decide. */
import type { RequestDecision } from "../../requests/types.ts";
import { idParams } from "../params.ts";
import { type DecideAnswer, decideBody, decideAnswer } from "../request-contract.ts";
import { toAdminRequest } from "../request-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const requestDecide: Route = {
  method: "POST",
  url: "/api/admin/requests/:id/decide",
  summary: "Approves, which publishes list entries, or refuses with a reason",
  takes: { params: idParams, body: decideBody },
  gives: decideAnswer,
  scope: "requests:write",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  fresh: true,
  async handle({ deps, request, reply, caller, terminal }): Promise<DecideAnswer> {
    const { id } = validate(idParams, request.params, "params");
    const body = validate(decideBody, request.body, "body");
    const decider = { id: caller.user.id, name: caller.user.name, terminal };
    const outcome = await deps.requests.decide(decider, id, decisionOf(body));
    if (outcome.outcome === "decided")
      return { outcome: "decided", request: toAdminRequest(outcome.request, caller) };
    void reply.code(outcome.reason === "conflict" ? 409 : 422);
    return { ...outcome, details: [...outcome.details] };
  },
};

function decisionOf(body: ReturnType<typeof decideBody.parse>): RequestDecision {
  if (body.decision === "refuse") return body;
  const { opening, ...rest } = body;
  return { ...rest, ...(opening !== undefined && { opening }) };
}

/** GET /api/requests/refusals/:id. */
import { AppError } from "../../base/errors.ts";
import { idParams } from "../params.ts";
import { type RefusalView, refusalView } from "../request-contract.ts";
import { toRefusalView } from "../request-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const requestRefusalRead: Route = {
  method: "GET",
  url: "/api/requests/refusals/:id",
  summary: "A refusal made to the caller or to their terminal, by its reference",
  takes: { params: idParams },
  gives: refusalView,
  access: "signed-in",
  handle({ deps: { requests }, request, caller, terminal }): Promise<RefusalView> {
    const { id } = validate(idParams, request.params, "params");
    const person = caller.user.id;
    const refusal = requests.findRefusal({ id: person, terminal }, id);
    if (!refusal) throw new AppError("REFUSAL_UNKNOWN");
    const ask = requests.askStateOf(person, refusal);
    return Promise.resolve(toRefusalView(refusal, ask, requests.passedBy(refusal)));
  },
};

/** POST /api/requests. */
import { type MyRequest, newRequest, myRequest } from "../request-contract.ts";
import { toMyRequest } from "../request-views.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const requestOpen: Route = {
  method: "POST",
  url: "/api/requests",
  summary: "Asks for what was refused to the caller",
  takes: { body: newRequest },
  gives: myRequest,
  access: "signed-in",
  handle({ deps, request, caller, terminal }): Promise<MyRequest> {
    const { refusal, reason } = validate(newRequest, request.body, "body");
    const { id, name } = caller.user;
    const opened = deps.requests.open({ id, name, terminal }, refusal, reason);
    return Promise.resolve(toMyRequest(opened.request));
  },
};

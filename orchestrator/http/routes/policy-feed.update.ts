/** POST /api/admin/policy/feeds/:name. */
import { type FeedView, feedView } from "../overview-contract.ts";
import { feedBody, feedParams } from "../policy-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyFeedUpdate: Route = {
  method: "POST",
  url: "/api/admin/policy/feeds/:name",
  summary: "Fetches a feed now, or puts the copy in force that was held",
  takes: { params: feedParams, body: feedBody },
  gives: feedView,
  scope: "policy:write",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  handle({ deps, request, caller }): Promise<FeedView> {
    const { name } = validate(feedParams, request.params, "params");
    const { act } = validate(feedBody, request.body, "body");
    return act === "look" ? deps.feeds.look(name) : deps.feeds.accept(name, caller.user);
  },
};

/** GET /api/requests. */
import { type MyRequests, myRequests } from "../request-contract.ts";
import { toMyRequest, toRefusalView } from "../request-views.ts";
import type { Route } from "../route.ts";

const mostRecent = 20;

export const requestMine: Route = {
  method: "GET",
  url: "/api/requests",
  summary: "One's own requests, and the latest refusals that can be asked for",
  gives: myRequests,
  access: "signed-in",
  handle({ deps: { requests }, caller }): Promise<MyRequests> {
    const { id } = caller.user;
    const recent = requests
      .recentOf(id)
      .slice(0, mostRecent)
      .map((refusal) => toRefusalView(refusal, requests.askStateOf(id, refusal)))
      .filter(({ ask }) => ask.state === "can");
    return Promise.resolve({ requests: requests.mine(id).map(toMyRequest), recent });
  },
};

/** GET /api/me. */
import { type Me, me } from "../contract.ts";
import type { Route } from "../route.ts";
import { meOf } from "../me-of.ts";

export const meRead: Route = {
  method: "GET",
  url: "/api/me",
  summary: "Who is signed in",
  gives: me,
  access: "signed-in",
  from: "second-factor",
  handle: ({ deps, request, caller }): Promise<Me> =>
    Promise.resolve(meOf(deps.identity, caller, request.headers.host)),
};

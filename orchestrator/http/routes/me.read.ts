/** GET /api/me. */
import type { Me } from "../contract.ts";
import type { Route } from "../route.ts";
import { toMe } from "../views.ts";

export const meRead: Route = {
  method: "GET",
  url: "/api/me",
  access: "signed-in",
  beforePasswordChange: true,
  handle: ({ caller }): Promise<Me> => Promise.resolve(toMe(caller.user)),
};

/** GET /api/health: the server answers. Says nothing else to strangers. */
import type { Route } from "../route.ts";

export const healthRead: Route = {
  method: "GET",
  url: "/api/health",
  access: "anyone",
  handle: () => Promise.resolve({ status: "ok" }),
};

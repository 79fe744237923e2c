/** GET /api/health: the server answers. Says nothing else to strangers. */
import { z } from "zod";
import type { Route } from "../route.ts";

export const healthRead: Route = {
  method: "GET",
  url: "/api/health",
  summary: "The server answers",
  gives: z.strictObject({ status: z.literal("ok") }),
  access: "anyone",
  handle: () => Promise.resolve({ status: "ok" }),
};

/** GET /api/openapi.json: says what can be called, which is no secret. */
import { z } from "zod";
import type { Route } from "../route.ts";

export const openapiRead: Route = {
  method: "GET",
  url: "/api/openapi.json",
  summary: "This document",
  gives: z.looseObject({}),
  access: "anyone",
  handle: ({ deps }) => Promise.resolve(deps.openapi()),
};

/** GET /api/admin/policy/versions/:number/file. */
import { z } from "zod";
import { fileQuery, versionParams } from "../policy-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const policyFileRead: Route = {
  method: "GET",
  url: "/api/admin/policy/versions/:number/file",
  summary: "One file of a kept version, as it was",
  takes: { params: versionParams, query: fileQuery },
  gives: z.strictObject({ path: z.string(), text: z.string() }),
  scope: "policy:read",
  access: "roles",
  roles: ["list-admin", "system-admin"],
  async handle({ deps, request }): Promise<{ readonly path: string; readonly text: string }> {
    const { number } = validate(versionParams, request.params, "params");
    const { path } = validate(fileQuery, request.query, "query");
    return { path, text: await deps.policyDesk.fileText(number, path) };
  },
};

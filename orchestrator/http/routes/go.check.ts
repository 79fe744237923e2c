/**
 * POST /api/go: is this link ours, fresh, and this terminal's? Asked before sign-in, so that the time it
 * takes to sign in does not count. It opens nothing.
 */
import { z } from "zod";
import { AppError } from "../../base/errors.ts";
import { addressLink } from "../contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const goCheck: Route = {
  method: "POST",
  url: "/api/go",
  summary: "Is this link ours, fresh, and this terminal's",
  takes: { body: addressLink },
  gives: z.strictObject({ url: z.string() }),
  access: "anyone",
  handle({ deps, request, terminal }): Promise<{ url: string }> {
    const link = validate(addressLink, request.body ?? {}, "body");
    const url = deps.addressOfLink(link, terminal);
    if (url === undefined) return Promise.reject(new AppError("LINK_NOT_VALID"));
    return Promise.resolve({ url });
  },
};

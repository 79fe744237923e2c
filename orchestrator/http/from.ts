/** Where a request that tries a secret comes from. */
import type { FastifyRequest } from "fastify";
import type { From } from "../identity/identity.ts";

export function fromOf(request: FastifyRequest, terminal: string): From {
  return {
    terminal,
    untrustedCookies: request.headers.cookie,
    untrustedBrowser: request.headers["user-agent"],
  };
}

/**
 * The one page of the application, as Vite built it. Every answer has a nonce of its own, in the page and in its
 * policy; it is never confirmed as unchanged (304), because the kept page would then meet another nonce.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply } from "fastify";
import { pageSecurityPolicy } from "./security-headers.ts";

/** What Vite puts where the nonce goes: keep equal to orchestrator/web/vite.config.ts. */
const nonceMark = "HANARE-NONCE";
const nonceBytes = 18;

export type Page = (reply: FastifyReply, cacheControl: string) => FastifyReply;

/** Throws when the pages are not built, or for another version. */
export function loadPage(webDist: string): Page {
  const built = readFileSync(join(webDist, "index.html"), "utf8");
  if (!built.includes(nonceMark))
    throw new Error(`the pages in ${webDist} are of another version; "npm start" builds them anew`);
  return (reply, cacheControl) => {
    const nonce = randomBytes(nonceBytes).toString("base64url");
    return reply
      .headers({
        "cache-control": cacheControl,
        "content-security-policy": pageSecurityPolicy(nonce),
      })
      .type("text/html; charset=utf-8")
      .send(built.replaceAll(nonceMark, nonce));
  };
}

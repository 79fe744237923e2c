/** 無害化証跡 as a file to keep. */
import type { FastifyReply } from "fastify";
import { AppError } from "../base/errors.ts";
import { attachment } from "./content-disposition.ts";
import { sandboxedContentPolicy } from "./security-headers.ts";

/** Throws NOT_FOUND when there is none. */
export function sendManifest(
  reply: FastifyReply,
  name: string,
  document: string | undefined,
): FastifyReply {
  if (document === undefined) throw new AppError("NOT_FOUND", { what: "manifest" });
  return reply
    .header("content-type", "application/json; charset=utf-8")
    .header("content-disposition", attachment(`${name}.無害化証跡.json`))
    .header("content-security-policy", sandboxedContentPolicy)
    .send(`${JSON.stringify(JSON.parse(document), null, 2)}\n`);
}

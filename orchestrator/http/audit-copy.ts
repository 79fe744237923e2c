/** Copies of the audit log for people: in the language of the one who asks, and each taking itself on record. */
import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { attachment } from "./content-disposition.ts";
import type { CallerContext } from "./route.ts";

/** The language that the heads of columns are written in. */
export const copyLanguage = ({ headers }: FastifyRequest): "ja" | "en" =>
  /^\s*en\b/i.test(headers["accept-language"] ?? "") ? "en" : "ja";

/** Throws when the record cannot be kept: then there is no copy either. */
export function sendAuditCopy(
  { deps, reply, caller, terminal }: CallerContext,
  copy: { readonly query: object; readonly csv: string | Readable; readonly fileName: string },
): FastifyReply {
  deps.audit.write({
    action: "audit-export",
    outcome: "success",
    userId: caller.user.id,
    userName: caller.user.name,
    terminal,
    target: JSON.stringify(copy.query),
  });
  return reply
    .header("content-type", "text/csv; charset=utf-8")
    .header("content-disposition", attachment(copy.fileName))
    .send(copy.csv);
}

/** Copies of the audit log for people: in the language of the one who asks, and each taking itself on record. */
import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { CsvEncoding } from "./audit-contract.ts";
import { attachment } from "./content-disposition.ts";
import type { CallerContext } from "./route.ts";

/** The language that the heads of columns are written in. */
export const copyLanguage = ({ headers }: FastifyRequest): "ja" | "en" =>
  /^\s*en\b/i.test(headers["accept-language"] ?? "") ? "en" : "ja";

/** Windows' own name of CP932 in Internet media types is Windows-31J (IANA). */
export const csvMedia = (encoding: CsvEncoding): string =>
  `text/csv; charset=${encoding === "cp932" ? "Windows-31J" : "utf-8"}`;

/** Throws when the record cannot be kept: then there is no copy either. */
export function sendAuditCopy(
  { deps, reply, caller, terminal }: CallerContext,
  copy: {
    readonly query: object;
    readonly bytes: Readable;
    readonly media: string;
    readonly fileName: string;
  },
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
    .header("content-type", copy.media)
    .header("content-disposition", attachment(copy.fileName))
    .send(copy.bytes);
}

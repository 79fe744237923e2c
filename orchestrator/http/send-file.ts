/** A released file as an attachment that no browser opens by itself. */
import type { FastifyReply } from "fastify";
import type { ReleasedFile } from "../downloads/types.ts";
import { attachment } from "./content-disposition.ts";
import { sandboxedContentPolicy } from "./security-headers.ts";

export function sendFile(reply: FastifyReply, file: ReleasedFile): FastifyReply {
  return reply
    .header("content-type", file.mediaType)
    .header("content-length", file.sizeBytes)
    .header("content-disposition", attachment(file.name))
    .header("content-security-policy", sandboxedContentPolicy)
    .send(file.bytes);
}

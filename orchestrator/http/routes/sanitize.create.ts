/**
 * POST /api/sanitize: one file of another system through the same pipeline as a download. The answer comes with the
 * verdict; what may go on is fetched within a few minutes, once, by the same token.
 */
import type { Readable } from "node:stream";
import { AppError } from "../../base/errors.ts";
import type { Route } from "../route.ts";
import { type SanitizeAnswer, sanitizeAnswer, sanitizeQuery } from "../token-contract.ts";
import { validate } from "../validate.ts";

/** Longest inspection, LibreOffice's part included; the socket is silent meanwhile. */
const silentMs = 10 * 60_000;

export const sanitizeCreate: Route = {
  method: "POST",
  url: "/api/sanitize",
  summary: "Inspects and sanitizes one file; answers with the verdict and the record of it",
  takes: { query: sanitizeQuery, body: { media: "application/octet-stream" } },
  gives: sanitizeAnswer,
  access: "token",
  scope: "sanitize",
  streams: true,
  async handle({ deps, request, reply, caller, terminal }): Promise<SanitizeAnswer> {
    const { name, profile } = validate(sanitizeQuery, request.query, "query");
    const sizeBytes = Number(request.headers["content-length"] ?? Number.NaN);
    const isBytes = request.headers["content-type"] === "application/octet-stream";
    if (!isBytes || !Number.isSafeInteger(sizeBytes))
      throw new AppError("BAD_REQUEST", { where: "body", problem: "bytes and Content-Length" });
    request.raw.socket.setTimeout(silentMs);
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort(new Error("caller left")));
    const { id: ownerId, name: ownerName } = caller.user;
    const { view, manifest, output } = await deps.sanitizing.take(
      { ownerId, ownerName, terminal, name, profile, sizeBytes },
      request.body as Readable,
      gone.signal,
    );
    const { id, verdict = "failed", reason = "internal-error", messageJa, messageEn } = view;
    return {
      ...{ id, verdict, reason, messageJa, messageEn },
      output: output && { ...output, sha256: output.sha256 ?? "" },
      manifest: manifest === undefined ? null : { ...manifest },
    };
  },
};

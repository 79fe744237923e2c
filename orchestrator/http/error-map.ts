/** From anything thrown to the status and body a person's page can show. Pure. */
import { type ErrorCode, errorCodes } from "../base/codes.ts";
import { AppError } from "../base/errors.ts";
import type { ErrorBody } from "./contract.ts";

/**
 * Errors of the framework about the request itself (unreadable JSON, too large, wrong media type) are the
 * caller's: BAD_REQUEST. Everything that is not ours and not that is INTERNAL.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = thrown instanceof Error && "statusCode" in thrown ? thrown.statusCode : undefined;
  const callers = typeof status === "number" && status >= 400 && status < 500;
  return callers
    ? new AppError("BAD_REQUEST", { where: "request", status }, thrown)
    : new AppError("INTERNAL", {}, thrown);
}

export function errorBodyOf(code: ErrorCode, requestId: string): ErrorBody {
  const { ja, en, nextJa, nextEn } = errorCodes[code];
  return { code, ja, en, nextJa, nextEn, requestId };
}

/** The same, with what the error itself knows and a person may hear. */
export function errorBodyOfError(error: AppError, requestId: string): ErrorBody {
  const position = error.code === "CAPACITY" ? error.context["position"] : undefined;
  return {
    ...errorBodyOf(error.code, requestId),
    ...(typeof position === "number" ? { position } : {}),
  };
}

/** Seconds for Retry-After, when the error knows them. */
export function retryAfter(error: AppError): number | undefined {
  const seconds = error.context["retryAfterSeconds"];
  return typeof seconds === "number" ? seconds : undefined;
}

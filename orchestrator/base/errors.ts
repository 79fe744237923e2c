/**
 * The one error type of Hanare. An error is a code from codes.ts plus the facts of this occurrence;
 * the text people read comes from the code, never from `message`.
 */
import { type ErrorCode, errorCodes } from "./codes.ts";

/** Facts of one occurrence, safe to log. Never secrets, never file contents. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | null>>;

export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, context: ErrorContext = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(context)}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.context = context;
  }

  /** HTTP status that answers this error. */
  get status(): number {
    return errorCodes[this.code].status;
  }
}

export function isAppError(value: unknown, code?: ErrorCode): value is AppError {
  return value instanceof AppError && (code === undefined || value.code === code);
}

/** Text of an unknown thrown value, for logs only. */
export function describeError(value: unknown): string {
  if (value instanceof Error)
    return value.cause instanceof Error
      ? `${value.message}: ${value.cause.message}`
      : value.message;
  return String(value);
}

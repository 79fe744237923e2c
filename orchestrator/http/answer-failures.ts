/**
 * Turns whatever was thrown into an ErrorBody, and writes the one log line of each request. An unknown
 * failure is logged here with its stack and nowhere else; the page gets INTERNAL and the request id.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppError, describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { errorBodyOfError, retryAfter, toAppError } from "./error-map.ts";
import type { Page } from "./page.ts";

/** @param page what people get at an address that does not exist; it says so in their language */
export function answerFailures(app: FastifyInstance, log: Log, page?: Page): void {
  const failures = new WeakMap<FastifyRequest, AppError>();

  app.setErrorHandler((thrown, request, reply) => {
    const error = toAppError(thrown);
    failures.set(request, error);
    if (page && wantsPage(request)) return page(reply.code(error.status), "no-store");
    return answer(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new AppError("NOT_FOUND", { what: "address" });
    failures.set(request, error);
    if (page && wantsPage(request)) return page(reply.code(error.status), "no-store");
    return answer(error, request, reply);
  });

  app.addHook("onResponse", async (request, reply) => {
    const error = failures.get(request);
    const line = {
      event: "http-request",
      outcome: error ? "failure" : "success",
      method: request.method,
      // The route's pattern, not the address: addresses carry ids.
      route: request.routeOptions.url ?? "none",
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      requestId: request.id,
      ...(error && { code: error.code, context: error.context }),
    };
    if (error?.code === "INTERNAL") log.error({ ...line, ...faultOf(error) });
    else log.info(line);
    return Promise.resolve();
  });
}

/** A browser that goes somewhere, not a program that asks for something. One-time links are followed by both. */
function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  const isForPeople = !/^\/api\b/.test(url) || url.startsWith("/api/saves/");
  return method === "GET" && isForPeople && /\btext\/html\b/.test(headers.accept ?? "");
}

function answer(error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const seconds = retryAfter(error);
  if (seconds !== undefined) void reply.header("retry-after", seconds);
  return reply.code(error.status).send(errorBodyOfError(error, request.id));
}

function faultOf(error: AppError): { readonly fault: string; readonly stack: string | undefined } {
  const cause = error.cause ?? error;
  return {
    fault: describeError(cause),
    stack: cause instanceof Error ? cause.stack : undefined,
  };
}

/** The one place where what came over HTTP becomes typed: a schema of contract.ts, or BAD_REQUEST. */
import type { z } from "zod";
import { AppError } from "../base/errors.ts";

export function validate<T>(
  schema: z.ZodType<T>,
  untrusted: unknown,
  where: "body" | "params" | "query",
): T {
  const read = schema.safeParse(untrusted);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new AppError("BAD_REQUEST", {
    where,
    field: (issue?.path.map(String).join(".") ?? "").slice(0, 100),
    problem: issue?.code ?? "unknown",
  });
}

/**
 * What is read of the engine's answers, with limits: the engine is trusted, but names, labels and command
 * lines in its answers may be anybody's. An answer that does not fit is an error, never a guess. Shapes only.
 */
import { z } from "zod";

/** Longer than any name, image reference or label value of ours. */
const text = z.string().max(4096);
/** More than any engine holds; a longer answer is no list of containers. */
const manyContainers = 10_000;

export const engineVersion = z.object({ Version: text, ApiVersion: text });

export const containerList = z
  .array(
    z.object({
      Id: text,
      Names: z.array(text).max(64).nullish(),
      Labels: z.record(text, text).nullish(),
      State: text,
    }),
  )
  .max(manyContainers);

export const waited = z.object({ StatusCode: z.int() });

/** Null while the command still runs. */
export const execState = z.object({ ExitCode: z.int().nullish() });

export const containerState = z.object({ State: z.object({ OOMKilled: z.boolean() }) });

/** Tries a candidate in a thread of its own. A thread that dies or takes too long is a candidate refused. */
import { Worker } from "node:worker_threads";
import { AppError } from "../base/errors.ts";
import type { TrialInput } from "./try-candidate.ts";
import type { Trial } from "./types.ts";

/** The shape comes from our own code on the other side of the thread. */
type Message = { readonly progress: number } | { readonly trial: Trial };

/** Two big lists with their tables, and no more. */
const mostHeapMb = 3072;

/** Throws DEADLINE_EXCEEDED when aborted, INTERNAL when the thread dies. */
export async function runTrial(
  input: TrialInput,
  signal: AbortSignal,
  onProgress: (share: number) => void = () => undefined,
): Promise<Trial> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Trial>();
  const worker = new Worker(new URL("./trial-worker.ts", import.meta.url), {
    workerData: input,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: mostHeapMb },
  });
  const onAbort = () => reject(new AppError("DEADLINE_EXCEEDED", { what: "policy trial" }));
  signal.addEventListener("abort", onAbort, { once: true });
  worker.on("message", (message: Message) => {
    if ("trial" in message) resolve(message.trial);
    else onProgress(message.progress);
  });
  worker.once("error", (error: unknown) =>
    reject(new AppError("INTERNAL", { reason: "policy trial failed" }, error)),
  );
  worker.once("exit", () =>
    reject(new AppError("INTERNAL", { reason: "policy trial ended without a result" })),
  );
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}

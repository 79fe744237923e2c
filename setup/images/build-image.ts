/** Builds one image from its context with the engine's own builder. Named only when it is complete. */
import { appendFileSync } from "node:fs";
import { imageNames, inputsLabel } from "../../orchestrator/engine/labels.ts";
import type { EngineApi } from "../engine/api.ts";
import { SetupError } from "../problems.ts";
import type { ContextFile } from "./context-files.ts";
import { aptProxy } from "./base-image.ts";
import { tarStream } from "./tar-stream.ts";

interface BuildArgs {
  readonly name: "browser" | "sandbox" | "office" | "clamd";
  readonly tag: string;
  readonly base: string;
  readonly inputs: string;
  readonly files: readonly ContextFile[];
  readonly engine: EngineApi;
  readonly logFile: string;
  readonly onProgress: (text: string, share?: number) => void;
  /** Called with the last layer when the build breaks off: it is the cache the next try continues from. */
  readonly onBroken: (layer: string) => Promise<void>;
}

function buildQuery({ tag, base, inputs }: BuildArgs, proxy: string): URLSearchParams {
  return new URLSearchParams({
    t: tag,
    dockerfile: "Dockerfile",
    // Packages come from the machine's own mirror, by the machine's own network.
    networkmode: "host",
    rm: "1",
    forcerm: "1",
    buildargs: JSON.stringify({
      BASE: base,
      ...(proxy === "" ? {} : { http_proxy: proxy, HTTP_PROXY: proxy }),
    }),
    labels: JSON.stringify({ [inputsLabel]: inputs }),
  });
}

/** Follows the builder's words: "Step 3/9 : RUN …" is progress, "---> 0123456789ab" a finished layer. */
export function followBuild(text: string, seen: { share?: number; layer?: string }): void {
  const step = /^Step (\d+)\/(\d+) :/.exec(text);
  if (step) seen.share = (Number(step[1]) - 1) / Number(step[2]);
  const layer = /^ ---> ([0-9a-f]{12})\s*$/.exec(text);
  if (layer?.[1] !== undefined) seen.layer = layer[1];
}

export async function buildImage(args: BuildArgs, signal: AbortSignal): Promise<void> {
  const { name, engine, files, logFile, onProgress, onBroken } = args;
  const seen: { share?: number; layer?: string } = {};
  const onText = (text: string): void => {
    appendFileSync(logFile, text);
    followBuild(text, seen);
    const line = text.trim().split("\n").at(-1) ?? "";
    if (line !== "") onProgress(line.slice(0, 200), seen.share);
  };
  appendFileSync(logFile, `\n# build ${imageNames[name]} on ${args.base}\n`);
  try {
    await engine.buildImage(buildQuery(args, await aptProxy()), tarStream(files), onText, signal);
  } catch (error) {
    if (seen.layer !== undefined) await onBroken(seen.layer);
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message.slice(0, 300) : String(error);
    appendFileSync(logFile, `${reason}\n`);
    throw new SetupError("BUILD_FAILED", { image: imageNames[name], log: logFile }, error);
  }
}

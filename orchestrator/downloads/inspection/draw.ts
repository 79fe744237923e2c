/** How a file looks, for whoever decides about it: through the whole pipeline once more, and as pixels or text only. */
import { outputTypes } from "../../../images/wire/file-words.ts";
import type { Readable } from "node:stream";
import { applyRules } from "../verdict/apply-rules.ts";
import { cleanName } from "../release/clean-name.ts";
import { inspect, type PipelineParts } from "./pipeline.ts";
import type { ReleasedFile } from "../types.ts";

export async function draw(
  file: { readonly name: string; readonly sizeBytes: number; readonly bytes: Readable },
  parts: PipelineParts,
  signal: AbortSignal,
): Promise<ReleasedFile | undefined> {
  const { quarantine } = parts;
  await using kept = new AsyncDisposableStack();
  const original = await quarantine.store(file.bytes, file.sizeBytes, signal);
  kept.defer(() => quarantine.drop(original));
  const inspected = await inspect(
    {
      ...{ original, untrustedName: file.name, passwords: [], pictures: true },
      onProgress: () => undefined,
    },
    parts,
    signal,
  );
  const drawn = inspected.released?.file;
  if (drawn !== undefined && drawn !== original) kept.defer(() => quarantine.drop(drawn));
  const { released } = applyRules(inspected, { download: true, profile: "image_pdf" });
  if (released === undefined) return undefined;
  const bytes = quarantine.read(released.file);
  const held = kept.move();
  bytes.once("close", () => void held.disposeAsync());
  return {
    name: cleanName(file.name, released.type),
    mediaType: outputTypes[released.type].mediaType,
    sizeBytes: released.file.sizeBytes,
    bytes,
  };
}

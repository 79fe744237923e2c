/** 持ち出し: a file of the terminal goes through the pipeline; what passes is the file as it is. */
import type { Readable } from "node:stream";
import type { InspectionQueue } from "./inspection-queue.ts";
import { judgeUpload } from "./judge-upload.ts";
import { inspect, type PipelineParts } from "./pipeline.ts";
import type { Reason } from "./reasons.ts";
import { noShares, refuseEarly } from "./session-share.ts";
import type { UploadArgs, UploadOutcome } from "./types.ts";

/** For a file that nobody looked into. */
export function turnedAway(bytes: Readable, reason: Reason): UploadOutcome {
  bytes.destroy();
  return { passes: false, verdict: "blocked", reason, contentType: undefined, sha256: "" };
}

/** Rejects when the file does not come whole. */
export async function inspectUpload(
  args: UploadArgs,
  bytes: Readable,
  parts: PipelineParts,
  queue: InspectionQueue,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  const { quarantine } = parts;
  const rules = args.uploadRules;
  if (args.sizeBytes > (rules.maxBytes ?? Number.POSITIVE_INFINITY))
    return turnedAway(bytes, "upload-size");
  const refused = refuseEarly(args.sizeBytes, noShares, parts.config, quarantine);
  if (refused !== undefined) return turnedAway(bytes, refused);
  await using kept = new AsyncDisposableStack();
  const original = await quarantine.store(bytes, args.sizeBytes, signal);
  kept.defer(() => quarantine.drop(original));
  const { untrustedName } = args;
  const inspected = await queue.run(args.sessionId, signal, () =>
    inspect(
      {
        ...{ original, untrustedName, passwords: [], onProgress: () => undefined },
        search: { myNumber: rules.myNumber === "block", keywords: [...rules.keywords] },
      },
      parts,
      signal,
    ),
  );
  const rebuilt = inspected.released?.file;
  if (rebuilt !== undefined && rebuilt !== original) await quarantine.drop(rebuilt);
  const seen = { contentType: inspected.result?.contentType, sha256: original.sha256 };
  const judged = judgeUpload(inspected, rules);
  if (!judged.passes) return { ...judged, ...seen };
  const keys = kept.move();
  const drop = () => keys.disposeAsync();
  return { ...judged, ...seen, bytes: quarantine.read(original), drop };
}

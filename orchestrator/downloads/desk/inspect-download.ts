/** One download through the pipeline, and what its person's rules make of the outcome. */
import { applyRules } from "../verdict/apply-rules.ts";
import type { Board } from "./board.ts";
import { atStage, type Download, passwordTries } from "./download.ts";
import { type Inspected, inspect, type PipelineParts } from "../inspection/pipeline.ts";
import type { StoredFile } from "../quarantine/quarantine.ts";

export async function inspectDownload(
  download: Download,
  original: StoredFile,
  passwords: readonly string[],
  { board, parts }: { readonly board: Board; readonly parts: PipelineParts },
  signal: AbortSignal,
): Promise<Inspected> {
  signal.throwIfAborted();
  board.show(download, atStage(download.view, "inspecting", 0));
  const { rules, untrustedName } = download.args;
  const inspected = await inspect(
    {
      ...{ original, untrustedName, passwords },
      pictures: rules?.profile === "image_pdf",
      onProgress: ({ step, done }) => {
        const stage = step === "rebuild" || step === "verify" ? "sanitizing" : "inspecting";
        board.show(download, atStage(download.view, stage, done));
      },
    },
    parts,
    signal,
  );
  const ruled = rules === undefined ? inspected : applyRules(inspected, rules);
  const kept = ruled.released ?? ruled.candidate;
  const dropped = inspected.released?.file;
  if (kept === undefined && dropped !== undefined && dropped !== original)
    await parts.quarantine.drop(dropped);
  return lastTry(download, ruled);
}

/** The last wrong password gives the file up. */
function lastTry(download: Download, inspected: Inspected): Inspected {
  const givenUp =
    inspected.decision.verdict === "needs_password" && download.tries >= passwordTries;
  return givenUp
    ? { ...inspected, decision: { verdict: "blocked", reason: "password-tries" } }
    : inspected;
}

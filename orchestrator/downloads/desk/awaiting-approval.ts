/** Whether a person may release a file that nothing could clean, and as what it would leave. Pure. */
import { type ContentType, outputTypes } from "../../../images/wire/file-words.ts";
import type { AwaitingApproval } from "../approvals/types.ts";
import { cleanName } from "../release/clean-name.ts";
import type { Download } from "./download.ts";
import { originalName } from "../release/original-name.ts";
import type { DownloadView } from "../types.ts";

type Leaving = { readonly name: string; readonly mediaType: string };

function leavesAs(
  { args, candidate }: Pick<Download, "args" | "candidate">,
  { verdict, contentType }: Pick<DownloadView, "contentType" | "verdict">,
): Leaving | undefined {
  if (verdict !== "needs_approval" || contentType === undefined) return undefined;
  if (candidate !== undefined)
    return {
      name: cleanName(args.untrustedName, candidate.type),
      mediaType: outputTypes[candidate.type].mediaType,
    };
  return originalName(args.untrustedName, contentType as ContentType);
}

/** For the view: that somebody can be asked, where they can. */
export function approvable(
  download: Pick<Download, "args" | "candidate">,
  view: Pick<DownloadView, "contentType" | "verdict">,
): Pick<DownloadView, "approval"> {
  return leavesAs(download, view) === undefined
    ? {}
    : { approval: { id: null, state: "can", answer: "" } };
}

/** Undefined: nobody can be asked, or somebody was. */
export function awaitingApproval(download: Download): AwaitingApproval | undefined {
  const { args, candidate, original, view } = download;
  const leaving = leavesAs(download, view);
  const file = candidate?.file ?? original;
  if (file === undefined || leaving === undefined || view.approval?.state !== "can")
    return undefined;
  return {
    file,
    facts: {
      ...leaving,
      direction: "download",
      contentType: view.contentType ?? "unknown",
      sanitized: candidate !== undefined && candidate.file !== original,
      sessionId: args.sessionId,
      source: download.manifest?.source ?? "",
      verdictReason: view.reason ?? "no-engine",
    },
  };
}

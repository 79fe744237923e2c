/** The audit records of a download's life, but for its release (release.ts). Writes, decides nothing. */
import type { AuditLog } from "../../audit/events.ts";
import type { Download } from "../desk/download.ts";
import type { Inspected } from "../inspection/pipeline.ts";
import type { DownloadView, ReceiveArgs } from "../types.ts";

const personOf = (args: ReceiveArgs) => ({
  userId: args.ownerId,
  userName: args.ownerName,
  sessionId: args.sessionId,
  ...(args.terminal === undefined ? {} : { terminal: args.terminal }),
});

export function recordDownload(audit: AuditLog, { args, id, view }: Download): void {
  audit.write({
    action: "download",
    outcome: "success",
    ...personOf(args),
    target: args.untrustedUrl.slice(0, 4096),
    details: { download: id, name: view.name, bytesAnnounced: args.sizeBytes },
  });
}

/** Written when the verdict falls; what is not known is null, never left out. */
export function recordVerdict(
  audit: AuditLog,
  download: Download,
  view: DownloadView,
  {
    decision,
    released,
    result,
    engines,
  }: Pick<Inspected, "decision" | "released" | "result"> & Partial<Pick<Inspected, "engines">>,
): void {
  const removed = (result?.removed ?? []).map((each) => `${each.class}=${each.count}`).join(" ");
  const versions = Object.entries(engines ?? {}).map(([name, version]) => `${name}=${version}`);
  audit.write({
    action: "verdict",
    outcome: released === undefined ? "refused" : "success",
    ...personOf(download.args),
    target: view.name,
    reason: `${decision.verdict}:${view.reason ?? ""}`.slice(0, 256),
    details: {
      download: download.id,
      verdict: decision.verdict,
      bytesIn: download.original?.sizeBytes ?? download.args.sizeBytes,
      sha256In: download.original?.sha256 ?? null,
      bytesOut: released?.file.sizeBytes ?? null,
      sha256Out: released?.file.sha256 ?? null,
      contentType: result?.contentType ?? null,
      signature: decision.signature ?? null,
      removed,
      objects: (result?.objects ?? [])
        .map(({ action, class: name, count, place }) => `${action} ${name}=${count} ${place}`)
        .join("; ")
        .slice(0, 4096)
        .toWellFormed(),
      warnings: (result?.warnings ?? []).join(" "),
      engines: versions.join(" ").slice(0, 1024),
    },
  });
}

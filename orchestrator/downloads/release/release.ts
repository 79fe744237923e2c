/** Hands out a released file: the verdict is asked again, the record is written, then the bytes flow. */
import { AppError } from "../../base/errors.ts";
import type { AuditLog } from "../../audit/events.ts";
import { outputTypes } from "../../../images/wire/file-words.ts";
import type { Download } from "../desk/download.ts";
import type { Quarantine } from "../quarantine/quarantine.ts";
import { type ReleasedFile, releasedVerdicts, type ReleaseTo } from "../types.ts";

export function releaseDownload(
  download: Download,
  to: ReleaseTo,
  quarantine: Quarantine,
  audit: AuditLog,
): ReleasedFile {
  const { view, released, original, args } = download;
  const allowed =
    view.releasable && view.verdict !== undefined && releasedVerdicts.has(view.verdict);
  if (!allowed || released === undefined) {
    throw new AppError("FILE_NOT_RELEASED", {
      download: download.id,
      verdict: view.verdict ?? "none",
    });
  }
  const { file, type } = released;
  // Throws when the session's end was faster: then nothing is recorded as released. Reads nothing yet.
  const bytes = quarantine.read(file);
  // No record, no file: write throws when it cannot be kept.
  audit.write({
    action: "release",
    outcome: "success",
    userId: args.ownerId,
    userName: args.ownerName,
    terminal: to.terminal,
    sessionId: args.sessionId,
    target: view.name,
    ...(view.reason === undefined ? {} : { reason: view.reason.slice(0, 256) }),
    details: {
      download: download.id,
      verdict: view.verdict ?? "failed",
      sha256In: original?.sha256 ?? file.sha256,
      sha256Out: file.sha256,
      bytesOut: file.sizeBytes,
      type,
      ...(to.sharedFolder !== undefined && { sharedFolder: to.sharedFolder }),
    },
  });
  return {
    name: view.name,
    mediaType: outputTypes[type].mediaType,
    sizeBytes: file.sizeBytes,
    bytes,
  };
}

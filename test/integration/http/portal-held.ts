/** Sealed files in a real quarantine and their records in the real history, without a desk around them. */
import type { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { AppError } from "../../../orchestrator/base/errors.ts";
import { type DownloadId, newSessionId, type UserId } from "../../../orchestrator/base/ids.ts";
import { type ApprovalSource } from "../../../orchestrator/downloads/approvals/desk.ts";
import type { AwaitingApproval } from "../../../orchestrator/downloads/approvals/types.ts";
import {
  approvable,
  awaitingApproval,
} from "../../../orchestrator/downloads/desk/awaiting-approval.ts";
import { afterVerdict, newDownload } from "../../../orchestrator/downloads/desk/download.ts";
import { FileHistory } from "../../../orchestrator/downloads/records/history.ts";
import { makeManifest } from "../../../orchestrator/downloads/records/manifest.ts";
import { Quarantine } from "../../../orchestrator/downloads/quarantine/quarantine.ts";
import type { FileDesk } from "../../../orchestrator/downloads/types.ts";

/** Sealed files in a real quarantine and their records in the real history, without a desk around them. */
export async function heldFiles(
  dir: string,
  database: DatabaseSync,
  addFile: (ownerId: UserId, name: string, content: string) => DownloadId,
) {
  const quarantine = await Quarantine.open(dir);
  const history = new FileHistory(database);
  const held = new Map<DownloadId, { ownerId: UserId; awaiting: AwaitingApproval }>();
  const source: ApprovalSource = {
    quarantine,
    forApproval(id, ownerId) {
      const found = held.get(id);
      if (found === undefined) throw new AppError("FILE_NOT_FOR_APPROVAL");
      if (found.ownerId !== ownerId) throw new AppError("NOT_FOUND");
      return found.awaiting;
    },
    settled: () => undefined,
    async handedOver(id) {
      const found = held.get(id);
      held.delete(id);
      if (found) await quarantine.drop(found.awaiting.file);
    },
  };
  return {
    quarantine,
    source,
    records: {
      search: (query) => history.search(query),
      record: (id) => history.find(id),
      recordedManifest: (id) => history.manifest(id),
    } satisfies Partial<FileDesk>,
    async add(
      { id: ownerId, name: ownerName }: { readonly id: UserId; readonly name: string },
      content: string,
    ): Promise<DownloadId> {
      const id = addFile(ownerId, "計画.jtd", "");
      const signal = new AbortController().signal;
      const bytes = Buffer.from(content);
      const file = await quarantine.store(Readable.from([bytes]), bytes.length, signal);
      const args = {
        ...{ sessionId: newSessionId(), ownerId, ownerName, sizeBytes: bytes.length },
        ...{ untrustedName: "計画.jtd", untrustedUrl: "https://example.jp/a.jtd" },
      };
      const download = { ...newDownload(id, args), original: file };
      const inspected = {
        decision: { verdict: "needs_approval", reason: "no-engine" },
        ...{ released: undefined, result: undefined },
      } as const;
      const view = { ...afterVerdict(download.view, inspected), contentType: "jtd" };
      const manifest = makeManifest({
        ...{ download, view, inspected, scanner: undefined },
        ...{ startedMs: 0, nowMs: Date.parse("2026-04-01T00:00:00Z"), maxBytes: 1000 },
      });
      history.put({ ...download, manifest }, view, manifest, 0);
      const awaiting = awaitingApproval({
        ...download,
        manifest,
        view: { ...view, ...approvable(download, view) },
      });
      if (awaiting === undefined) throw new Error("cannot be asked for");
      held.set(id, { ownerId, awaiting });
      return id;
    },
  };
}

/** The end of what was saved long ago, and the audit records of shared folders. */
import type { DatabaseSync } from "node:sqlite";
import type { AuditEvent, AuditLog } from "../audit/events.ts";
import type { Log } from "../base/log.ts";
import type { SharedFolder } from "../config/shared-folders.ts";
import { inTransaction } from "../store/database.ts";
import { runWriter } from "./run-writer.ts";
import type { SharedStore, StoredShared } from "./store.ts";

export interface RemoveParts {
  readonly store: SharedStore;
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly nowMs: number;
}

/** A share that is away is looked at the next time. */
export async function removeOver(folder: SharedFolder, parts: RemoveParts): Promise<void> {
  const { store, database, audit, log, nowMs } = parts;
  const over = store.over(folder.id, nowMs);
  if (over.length === 0) return;
  const items = over.map(({ mount, parts: path, name, sizeBytes, sha256 }) => ({
    ...{ mount, parts: path, name, sizeBytes, sha256, remove: true },
  }));
  const answer = await runWriter({ do: "look", items }, folder.seconds);
  if (answer.is !== "looked" || answer.states.length !== over.length) {
    const reason = answer.is === "fault" ? `${answer.fault}: ${answer.detail}` : answer.is;
    log.warn({ event: "share-expire", outcome: "failure", folder: folder.id, reason });
    return;
  }
  inTransaction(database, () => {
    for (const [index, file] of over.entries()) {
      store.forget(file.seq);
      const state = answer.states[index] ?? "changed";
      audit.write({ ...sharedEvent("share-expire", file, null), reason: state });
    }
  });
}

type Shared = Pick<
  StoredShared,
  "downloadId" | "folder" | "name" | "ownerName" | "sha256" | "shownAs" | "sizeBytes"
>;

/** @param who null: the system itself */
export function sharedEvent(
  action: "share-expire" | "share-save",
  file: Shared,
  who: { readonly id: string; readonly name: string; readonly terminal: string } | null,
): AuditEvent {
  return {
    action,
    outcome: "success",
    ...(who && { userId: who.id, userName: who.name, terminal: who.terminal }),
    target: file.shownAs === "" ? file.name : file.shownAs,
    details: {
      download: file.downloadId,
      folder: file.folder,
      owner: file.ownerName,
      bytesOut: file.sizeBytes,
      sha256Out: file.sha256 === "" ? null : file.sha256,
    },
  };
}

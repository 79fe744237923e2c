/** What other features see of the file desk: states, verdicts and the interface. Shapes only. */
import type { Readable } from "node:stream";
import type { DownloadId, SessionId, UserId } from "../base/ids.ts";
import type { Manifest } from "./manifest.ts";

/** Order of the tray: 受信 → 検査 → 判定. `done` carries the verdict. */
export const downloadStages = ["receiving", "inspecting", "sanitizing", "done"] as const;
export type DownloadStage = (typeof downloadStages)[number];

/** DESIGN.md §6. The first is the closed one: an unknown outcome is never a release. */
export const verdicts = [
  "failed",
  "blocked",
  "infected",
  "needs_approval",
  "needs_password",
  "partially_sanitized",
  "converted",
  "sanitized",
  "released_as_is",
] as const;
export type Verdict = (typeof verdicts)[number];

export const releasedVerdicts: ReadonlySet<Verdict> = new Set([
  "released_as_is",
  "sanitized",
  "converted",
  "partially_sanitized",
]);

export interface DownloadView {
  readonly id: DownloadId;
  readonly sessionId: SessionId;
  /** Cleaned name: what the terminal's Downloads will show. */
  readonly name: string;
  /** Bytes as received, and bytes released. */
  readonly sizeBytes: number;
  readonly releasedBytes?: number;
  readonly stage: DownloadStage;
  /** 0..1 within the stage, when known. */
  readonly progress?: number;
  readonly verdict?: Verdict;
  /** Machine reason, for example "macro-removed", "signature:Hanare.Test.EICAR", "ratio-limit". */
  readonly reason?: string;
  /** Content type found by looking at the bytes, for example "pdf", "docx". */
  readonly contentType?: string;
  /** What was removed, for the person: class and how many. */
  readonly removed: readonly { readonly class: string; readonly count: number }[];
  /** Sentences for people, both languages. */
  readonly messageJa: string;
  readonly messageEn: string;
  readonly releasable: boolean;
  /** Why it was asked for, when not to be kept as a file. */
  readonly purpose?: "print";
  readonly receivedAt: string;
  /** It waits for a password: how many more times somebody may try. */
  readonly passwordTries?: number;
}

export interface ReceiveArgs {
  readonly sessionId: SessionId;
  readonly ownerId: UserId;
  readonly ownerName: string;
  readonly terminal?: string;
  readonly untrustedName: string;
  readonly untrustedUrl: string;
  readonly sizeBytes: number;
  readonly purpose?: "print";
}

export interface ReleasedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly bytes: Readable;
}

/** A file of the terminal after inspection. What passes is the file itself; nothing of it is kept after `drop`. */
export type UploadOutcome = {
  readonly contentType: string | undefined;
  readonly sha256: string;
} & (
  | { readonly passes: true; readonly bytes: Readable; readonly drop: () => Promise<void> }
  | { readonly passes: false; readonly verdict: Verdict; readonly reason: string }
);

export interface FileDesk {
  /** Takes the bytes into quarantine and runs the pipeline to its verdict. Never rejects for a bad file: the view says it. */
  receive(args: ReceiveArgs, bytes: Readable, signal: AbortSignal): Promise<DownloadView>;
  /** 持ち出し: looks at a file of the terminal as at a download. Rejects when it does not come whole. */
  inspectUpload(args: ReceiveArgs, bytes: Readable, signal: AbortSignal): Promise<UploadOutcome>;
  /**
   * Tries passwords on a file that waits for one, and inspects it with the one that opens it. They are used and
   * forgotten. Throws FILE_NOT_WAITING.
   */
  unlock(id: DownloadId, passwords: readonly string[], signal: AbortSignal): Promise<DownloadView>;
  /** 無害化証跡: everything that is known about how the verdict came about. Undefined before it fell. */
  manifest(id: DownloadId): Manifest | undefined;
  list(sessionId: SessionId): readonly DownloadView[];
  find(id: DownloadId): { readonly view: DownloadView; readonly ownerId: UserId } | undefined;
  /** Throws FILE_NOT_RELEASED unless the verdict allows it. Writes the `release` audit record. */
  release(id: DownloadId, to: { readonly terminal: string }): Promise<ReleasedFile>;
  /** Called on every change of a download. Returns the unsubscriber. */
  onChange(listener: (view: DownloadView) => void): () => void;
  /** Cancels work under way, forgets the keys, removes the ciphertext. Idempotent. */
  endSession(sessionId: SessionId): Promise<void>;
}

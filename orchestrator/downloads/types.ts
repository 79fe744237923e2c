/** What other features see of the file desk: states, verdicts and the interface. Shapes only. */
import type { Readable } from "node:stream";
import type { DownloadId, SessionId, UserId } from "../base/ids.ts";
import type { ApprovalState, AwaitingApproval } from "./approvals/types.ts";
import type { Manifest } from "./records/manifest.ts";

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
  /** Where it was saved to last, as Explorer shows it. */
  readonly savedAs?: string;
  readonly receivedAt: string;
  /** It waits for a password: how many more times somebody may try. */
  readonly passwordTries?: number;
  /** A person may release it: whether one was asked, and what they said. */
  readonly approval?: {
    /** Null while nobody was asked. */
    readonly id: string | null;
    readonly state: "can" | ApprovalState;
    readonly answer: string;
  };
}

/** A judged file, after its bytes are gone as well. */
export interface FileRecord {
  /** Grows with every file: what paging goes by. */
  readonly seq: number;
  readonly id: DownloadId;
  readonly ownerId: UserId;
  readonly ownerName: string;
  readonly name: string;
  readonly source: string;
  readonly sha256: string | null;
  readonly sizeBytes: number;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly contentType: string | null;
  readonly messageJa: string;
  readonly messageEn: string;
  readonly receivedAt: string;
  readonly hasManifest: boolean;
  readonly direction: "download" | "upload";
}

export interface FileSearch {
  /** Absent: everybody's. */
  readonly ownerId?: UserId;
  /** Words that all occur: in name, source, person, verdict, hash or the record of the check. */
  readonly q?: string;
  readonly before?: number;
  readonly limit: number;
}

/** The closed one is last: what is not named is sanitized, and a word that is not known holds the file. */
export type FileAction = "approve" | "disallow" | "sanitize";

/** What the policy says about files for the person who receives one. */
export interface FileRules {
  readonly download: boolean;
  readonly profile: "image_pdf" | "sanitize" | "text" | "visual_check";
  /** By kind of file and by what was found in it. */
  readonly types?: Readonly<Partial<Record<string, FileAction | undefined>>> | undefined;
  readonly content?: Readonly<Partial<Record<string, FileAction | undefined>>> | undefined;
}

/** What the policy says about files that go out. */
export interface UploadRules {
  /** Absent: every kind that can be inspected. */
  readonly types?: readonly string[] | undefined;
  readonly maxBytes?: number | undefined;
  readonly myNumber: "allow" | "approve" | "block";
  readonly keywords: readonly string[];
  readonly onKeyword: "approve" | "block";
  /** What the page gets: the file as it is, or rebuilt as a download would be. */
  readonly profile: "original" | "sanitize";
}

export interface ReceiveArgs {
  readonly sessionId: SessionId;
  readonly ownerId: UserId;
  readonly ownerName: string;
  readonly terminal?: string;
  readonly untrustedName: string;
  readonly untrustedUrl: string;
  readonly sizeBytes: number;
  /** `api`: another system waits for it, and nobody once this process is gone. */
  readonly purpose?: "api" | "print";
  /** Absent: from the internet to the terminal. */
  readonly direction?: "upload";
  /** Absent: everything is sanitized. */
  readonly rules?: FileRules;
}

export interface UploadArgs extends ReceiveArgs {
  readonly uploadRules: UploadRules;
  /** Whether a person has approved these very bytes; asked only where a rule wants that. */
  readonly isApproved?: (sha256: string) => boolean;
  readonly onProgress?: (stage: Exclude<DownloadStage, "done">, done: number) => void;
}

/** Where it goes: to the terminal, or for the person there to a shared folder. */
export interface ReleaseTo {
  readonly terminal: string;
  readonly sharedFolder?: string;
}

export interface ReleasedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly bytes: Readable;
}

/**
 * A file of the terminal after inspection. Nothing of it is kept once this is disposed of, but for what an approval
 * was asked for. `sha256` is the terminal's file, `sha256Out` what the page gets.
 */
export interface UploadOutcome extends AsyncDisposable {
  /** Of the record in the history. */
  readonly id: DownloadId;
  readonly contentType: string | undefined;
  readonly sha256: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly messageJa: string;
  readonly messageEn: string;
  /** Present exactly where it may go out. */
  readonly passes?: {
    readonly bytes: Readable;
    readonly sha256: string;
    /** The terminal's own, or that of what was rebuilt. */
    readonly name: string;
    readonly approved: boolean;
  };
  /** Present where a person may let it out. */
  readonly askable?: AwaitingApproval;
}

export interface FileDesk {
  /** Takes the bytes into quarantine and runs the pipeline to its verdict. Never rejects for a bad file: the view says it. */
  receive(args: ReceiveArgs, bytes: Readable, signal: AbortSignal): Promise<DownloadView>;
  /** 持ち出し: looks at a file of the terminal as at a download, and keeps the record. Rejects when it does not come whole. */
  inspectUpload(args: UploadArgs, bytes: Readable, signal: AbortSignal): Promise<UploadOutcome>;
  /**
   * Tries passwords on a file that waits for one, and inspects it with the one that opens it. They are used and
   * forgotten. Throws FILE_NOT_WAITING.
   */
  unlock(id: DownloadId, passwords: readonly string[], signal: AbortSignal): Promise<DownloadView>;
  /** 無害化証跡: everything that is known about how the verdict came about. Undefined before it fell. */
  manifest(id: DownloadId): Manifest | undefined;
  /** Judged files, newest first. */
  search(query: FileSearch): readonly FileRecord[];
  record(id: DownloadId): FileRecord | undefined;
  /** As `manifest`, as text, and also when its session is over. */
  recordedManifest(id: DownloadId): string | undefined;
  /**
   * How a file looks: a PDF of its pages' pictures, a picture, or its text, made in the sandbox. Undefined where that
   * cannot be had. Nothing of it is kept.
   */
  draw(
    file: { readonly name: string; readonly sizeBytes: number; readonly bytes: Readable },
    signal: AbortSignal,
  ): Promise<ReleasedFile | undefined>;
  list(sessionId: SessionId): readonly DownloadView[];
  find(id: DownloadId): { readonly view: DownloadView; readonly ownerId: UserId } | undefined;
  /** Throws FILE_NOT_RELEASED unless the verdict allows it. Writes the `release` audit record. */
  release(id: DownloadId, to: ReleaseTo): Promise<ReleasedFile>;
  /** It was saved to a shared folder: what the tray shows. */
  showSaved(id: DownloadId, shownAs: string): void;
  /** Called on every change of a download. Returns the unsubscriber. */
  onChange(listener: (view: DownloadView) => void): () => void;
  /** Cancels work under way, forgets the keys, removes the ciphertext. Idempotent. */
  endSession(sessionId: SessionId): Promise<void>;
}

/** Opens once, within a minute, for the person it was made for. */
export interface SaveLink {
  readonly token: string;
  /** Milliseconds of the clock. */
  readonly until: number;
}

/** Hands a file out, and records that. */
export type OpenFile = (terminal: string) => Promise<ReleasedFile> | ReleasedFile;

export interface SaveLinkService {
  /** `open` decides, when the link is followed, whether the file may still leave. */
  make(ownerId: UserId, open: OpenFile): SaveLink;
  /** The link is used up by this, whatever comes of it. Throws SAVE_LINK_OVER, and what `open` throws. */
  open(ownerId: UserId, untrustedToken: string, terminal: string): Promise<ReleasedFile>;
}

/** A file that another system hands in. */
export interface SanitizeJob {
  /** The token's. */
  readonly ownerId: UserId;
  readonly ownerName: string;
  readonly terminal: string;
  readonly name: string;
  readonly profile: FileRules["profile"];
  readonly sizeBytes: number;
}

export interface SanitizeOutcome {
  readonly view: DownloadView;
  readonly manifest: Manifest | undefined;
  /** What can be fetched, until then; null: nothing may go on. */
  readonly output: {
    readonly name: string;
    readonly sizeBytes: number;
    readonly sha256: string | null;
    readonly until: string;
  } | null;
}

export interface SanitizeService {
  /** Throws SANITIZE_BUSY. */
  take(job: SanitizeJob, bytes: Readable, signal: AbortSignal): Promise<SanitizeOutcome>;
  /** Once. Throws NOT_FOUND. */
  fetch(ownerId: UserId, untrustedId: string, terminal: string): Promise<ReleasedFile>;
}

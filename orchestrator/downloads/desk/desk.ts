/**
 * State of all downloads: takes them in, keeps them sealed, has each inspected, and hands out only what a
 * verdict released. Holds files and keys in memory's reach only: they end with the session, or with this
 * process; the journal then lets the next one tell people what they will not get.
 */
import type { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import { AppError, describeError } from "../../base/errors.ts";
import {
  type DownloadId,
  type InstallationId,
  newDownloadId,
  type SessionId,
  type UserId,
} from "../../base/ids.ts";
import type { Log } from "../../base/log.ts";
import type { AuditLog } from "../../audit/events.ts";
import type { Paths } from "../../config/paths.ts";
import type { Config } from "../../config/schema.ts";
import type { EngineClient } from "../../engine/client.ts";
import type { SignatureSource } from "../scanning/clamd.ts";
import { Board } from "./board.ts";
import { reapContainers } from "../boxes/container-name.ts";
import { draw } from "../inspection/draw.ts";
import { afterVerdict, atStage, awaitsPassword, type Download, newDownload } from "./download.ts";
import { awaitingApproval } from "./awaiting-approval.ts";
import type { ApprovalSource } from "../approvals/desk.ts";
import type { Approval, AwaitingApproval } from "../approvals/types.ts";
import { recordDownload } from "../records/download-audit.ts";
import { FileHistory } from "../records/history.ts";
import { type Interrupted, Journal } from "../records/journal.ts";
import { inspectDownload } from "./inspect-download.ts";
import { InspectionQueue } from "../inspection/inspection-queue.ts";
import type { Manifest } from "../records/manifest.ts";
import type { PipelineParts } from "../inspection/pipeline.ts";
import type { Quarantine, StoredFile } from "../quarantine/quarantine.ts";
import { releaseDownload } from "../release/release.ts";
import { KnownScanner, type ScannerStatus, scannerStatus } from "../scanning/scanner-status.ts";
import { refuseEarly, tooMany } from "./session-share.ts";
import { Settlement } from "./settlement.ts";
import { storeArriving } from "./store-arriving.ts";
import type {
  DownloadView,
  FileDesk,
  FileRecord,
  FileSearch,
  ReceiveArgs,
  ReleasedFile,
  ReleaseTo,
  UploadArgs,
  UploadOutcome,
  Verdict,
} from "../types.ts";
import { uninspected } from "../verdict/uninspected.ts";
import { UploadDesk } from "./upload-desk.ts";

export interface FileDeskArgs {
  readonly engine: EngineClient;
  readonly installation: InstallationId;
  readonly paths: Pick<Paths, "quarantine" | "scanSocketDir">;
  readonly config: Config["files"];
  readonly imageRefs: {
    readonly sandbox: string;
    readonly office?: string | undefined;
    readonly clamd: string;
  };
  readonly signatures: SignatureSource;
  readonly audit: AuditLog;
  /** Where the journal is kept; the audit log's own, so that both change together. */
  readonly database: DatabaseSync;
  readonly log: Log;
  /** Told between the steps of a file's way; tests die there. */
  readonly onStep?: (step: DeskStep) => void;
}

export const deskSteps = [
  "begun",
  "received",
  "inspected",
  "recorded",
  "released",
  "upload-received",
  "upload-inspected",
  "upload-recorded",
] as const;
export type DeskStep = (typeof deskSteps)[number];

export interface RunningFileDesk extends FileDesk, ApprovalSource, AsyncDisposable {
  /** What became of a request, for the tray. */
  showApproval(approval: Approval): void;
  scannerStatus(): Promise<ScannerStatus>;
  /** How often the scanner ended by itself. */
  scannerFaults(): number;
  /** Sandboxes that wait for a file. */
  warm(): number;
  /** How many verdicts of each kind fell in this time. */
  judgedBetween(fromMs: number, toMs: number): Readonly<Partial<Record<Verdict, number>>>;
  /** Removes file containers that nobody owns; returns how many. */
  reap(): Promise<number>;
  /** As receive, with passwords to try on the file. */
  receiveWithPasswords(
    args: ReceiveArgs,
    bytes: Readable,
    passwords: readonly string[],
    signal: AbortSignal,
  ): Promise<DownloadView>;
  /** Containers of this desk that exist now, for checks. */
  containers(): readonly string[];
}

/** Far more than end while a file of an ended session is on its way; every file of another system is a session. */
const endedKept = 10_000;

export class Desk implements RunningFileDesk {
  readonly #args: FileDeskArgs;
  readonly #parts: PipelineParts;
  readonly #stack: AsyncDisposableStack;
  readonly #board: Board;
  readonly #queue: InspectionQueue;
  /** The latest: what still comes of them is turned away. */
  readonly #ended = new Set<SessionId>();
  readonly #journal: Journal;
  readonly #history: FileHistory;
  readonly #scanner: KnownScanner;
  readonly #uploads: UploadDesk;
  readonly #settle: Settlement;

  constructor(args: FileDeskArgs, parts: PipelineParts, stack: AsyncDisposableStack) {
    this.#args = args;
    this.#parts = parts;
    this.#stack = stack;
    this.#board = new Board(args.log);
    this.#queue = new InspectionQueue(args.config.parallel);
    this.#journal = new Journal(args.database);
    this.#history = new FileHistory(args.database);
    this.#history.forget(Date.now() - args.config.historyDays * 86_400_000);
    this.#scanner = new KnownScanner(() => this.scannerStatus());
    this.#uploads = new UploadDesk({
      ...{ pipeline: parts, queue: this.#queue, history: this.#history, scanner: this.#scanner },
      onStep: (step) => this.#args.onStep?.(step),
    });
    this.#settle = new Settlement({
      ...{ parts, board: this.#board, journal: this.#journal, history: this.#history },
      ...{ audit: args.audit, log: args.log, maxBytes: args.config.maxBytes },
      scannerStatus: () => this.#scanner.status(),
      onStep: (step) => args.onStep?.(step),
    });
    for (const each of this.#journal.interrupted()) this.#interrupted(each);
  }

  /** Its session may live on, and the person with it: they see what became of their file. */
  #interrupted({ id, args, reported }: Interrupted): void {
    const download = newDownload(id, args);
    const outcome = uninspected("failed", "interrupted");
    download.view = afterVerdict(download.view, outcome);
    download.done.resolve(undefined);
    this.#board.add(download);
    if (!reported)
      this.#journal.reported(id, () => this.#settle.record(download, download.view, outcome));
    if (args.purpose !== "api") return;
    // Its system has had no answer, and asks anew.
    this.#board.remove(download);
    this.#journal.forget(args.sessionId);
  }

  receive(args: ReceiveArgs, bytes: Readable, signal: AbortSignal): Promise<DownloadView> {
    return this.receiveWithPasswords(args, bytes, [], signal);
  }

  async receiveWithPasswords(
    args: ReceiveArgs,
    bytes: Readable,
    passwords: readonly string[],
    signal: AbortSignal,
  ): Promise<DownloadView> {
    const download = newDownload(newDownloadId(), args);
    this.#makeRoom(args.sessionId);
    this.#board.add(download);
    const both = AbortSignal.any([signal, download.cancel.signal]);
    try {
      if (this.#ended.has(args.sessionId)) download.cancel.abort();
      this.#journal.begin(download, () => recordDownload(this.#args.audit, download));
      this.#args.onStep?.("begun");
      this.#board.show(download, download.view);
      await this.#process(download, bytes, passwords, both);
    } catch (error) {
      this.#logFailure(download, error);
      await this.#settle.close(download, both.aborted ? "cancelled" : "internal-error");
    } finally {
      bytes.destroy();
      download.done.resolve(undefined);
    }
    return download.view;
  }

  inspectUpload(args: UploadArgs, bytes: Readable, signal: AbortSignal): Promise<UploadOutcome> {
    return this.#ended.has(args.sessionId)
      ? this.#uploads.turnedAway(args, bytes, "cancelled")
      : this.#uploads.inspect(args, bytes, signal);
  }

  async unlock(
    id: DownloadId,
    passwords: readonly string[],
    signal: AbortSignal,
  ): Promise<DownloadView> {
    const download = this.#board.find(id);
    const original = download?.original;
    if (download === undefined || original === undefined || !awaitsPassword(download))
      throw new AppError("FILE_NOT_WAITING", { download: id });
    download.tries += 1;
    download.done = Promise.withResolvers<undefined>();
    // Before its turn comes: who asks once more meanwhile must not have it inspected twice.
    this.#board.show(download, atStage(download.view, "inspecting", 0));
    const both = AbortSignal.any([signal, download.cancel.signal]);
    try {
      await this.#judge(download, original, passwords, both);
    } catch (error) {
      this.#logFailure(download, error);
      await this.#settle.close(download, both.aborted ? "cancelled" : "internal-error");
    } finally {
      download.done.resolve(undefined);
    }
    return download.view;
  }

  manifest(id: DownloadId): Manifest | undefined {
    return this.#board.find(id)?.manifest;
  }

  #logFailure(download: Download, error: unknown): void {
    this.#args.log.error({
      event: "download",
      outcome: "failure",
      download: download.id,
      reason: describeError(error),
    });
  }

  async #judge(
    download: Download,
    original: StoredFile,
    passwords: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#queue.run(download.args.sessionId, signal, async () => {
      const startedMs = performance.now();
      const parts = { board: this.#board, parts: this.#parts };
      const inspected = await inspectDownload(download, original, passwords, parts, signal);
      await this.#settle.finish(download, inspected, startedMs);
    });
  }

  async #process(
    download: Download,
    bytes: Readable,
    passwords: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { sizeBytes, rules, purpose } = download.args;
    // A printed page has a right of its own.
    const refused =
      rules?.download === false && purpose === undefined
        ? "policy-download"
        : refuseEarly(
            sizeBytes,
            this.#board.shares(download.args),
            this.#args.config,
            this.#parts.quarantine,
          );
    if (refused !== undefined) {
      await this.#settle.finish(download, uninspected("blocked", refused));
      return;
    }
    const { quarantine } = this.#parts;
    const { log } = this.#args;
    const board = this.#board;
    const stored = await storeArriving(download, bytes, { quarantine, board, log }, signal);
    if (stored === "incomplete") {
      await this.#settle.finish(download, uninspected("failed", stored));
      return;
    }
    this.#args.onStep?.("received");
    await this.#judge(download, stored, passwords, signal);
  }

  /** Forgets what a session has too many of. */
  #makeRoom(sessionId: SessionId): void {
    const forgotten = tooMany(this.#board.of(sessionId));
    if (forgotten === undefined) return;
    this.#board.remove(forgotten);
    this.#settle
      .drop(forgotten)
      .catch((error: unknown) =>
        this.#args.log.error({ event: "download-forget", reason: describeError(error) }),
      );
  }

  judgedBetween(fromMs: number, toMs: number): Readonly<Partial<Record<Verdict, number>>> {
    return this.#history.judgedBetween(fromMs, toMs);
  }

  search(query: FileSearch): readonly FileRecord[] {
    return this.#history.search(query);
  }

  record(id: DownloadId): FileRecord | undefined {
    return this.#history.find(id);
  }

  recordedManifest(id: DownloadId): string | undefined {
    return this.#history.manifest(id);
  }

  get quarantine(): Quarantine {
    return this.#parts.quarantine;
  }

  forApproval(id: DownloadId, ownerId: UserId): AwaitingApproval {
    const download = this.#board.find(id);
    if (download?.ownerId !== ownerId) throw new AppError("NOT_FOUND", { what: "download" });
    const awaiting = awaitingApproval(download);
    if (awaiting === undefined) throw new AppError("FILE_NOT_FOR_APPROVAL", { download: id });
    return awaiting;
  }

  settled(id: DownloadId): void {
    this.#journal.settled(id);
  }

  async handedOver(id: DownloadId): Promise<void> {
    const download = this.#board.find(id);
    if (download !== undefined) await this.#settle.drop(download);
  }

  showApproval({ downloadId, id, state, answer }: Approval): void {
    const download = this.#board.find(downloadId);
    if (download !== undefined)
      this.#board.show(download, { ...download.view, approval: { id, state, answer } });
  }

  draw(file: Parameters<FileDesk["draw"]>[0], signal: AbortSignal): ReturnType<FileDesk["draw"]> {
    // Previews wait among themselves, so that many of them keep nobody's download waiting.
    return this.#queue.run("previews", signal, () => draw(file, this.#parts, signal));
  }

  list(sessionId: SessionId): readonly DownloadView[] {
    return this.#board.of(sessionId).map((each) => each.view);
  }

  find(id: DownloadId): ReturnType<FileDesk["find"]> {
    const download = this.#board.find(id);
    return download === undefined ? undefined : { view: download.view, ownerId: download.ownerId };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a throw must become a rejection
  async release(id: DownloadId, to: ReleaseTo): Promise<ReleasedFile> {
    const download = this.#board.find(id);
    if (download === undefined) return notReleased(id);
    const released = this.#journal.released(id, () =>
      releaseDownload(download, to, this.#parts.quarantine, this.#args.audit),
    );
    this.#args.onStep?.("released");
    return released;
  }

  showSaved(id: DownloadId, savedAs: string): void {
    const download = this.#board.find(id);
    if (download !== undefined) this.#board.show(download, { ...download.view, savedAs });
  }

  onChange(listener: (view: DownloadView) => void): () => void {
    return this.#board.onChange(listener);
  }

  async endSession(sessionId: SessionId): Promise<void> {
    this.#ended.add(sessionId);
    const [oldest] = this.#ended;
    if (oldest !== undefined && this.#ended.size > endedKept) this.#ended.delete(oldest);
    this.#uploads.endSession(sessionId);
    const mine = this.#board.of(sessionId);
    for (const download of mine) download.cancel.abort();
    for (const download of mine) {
      // Keys first: from here on nothing of the session can be read, whatever still winds down.
      await this.#settle.drop(download);
    }
    await Promise.all(mine.map((download) => download.done.promise));
    for (const download of mine) this.#board.remove(download);
    this.#journal.forget(sessionId);
  }

  scannerFaults(): number {
    return this.#parts.clamd.faults;
  }

  scannerStatus(): Promise<ScannerStatus> {
    return scannerStatus(this.#parts.scanner, this.#args.log);
  }

  reap(): Promise<number> {
    return reapContainers(this.#args.engine, new Set(this.containers()));
  }

  warm(): number {
    return this.#parts.warm();
  }

  containers(): readonly string[] {
    const clamd = this.#parts.clamd.container;
    return [...this.#parts.containers(), ...(clamd === undefined ? [] : [clamd])];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sessionId of this.#board.sessions()) await this.endSession(sessionId);
    await this.#stack.disposeAsync();
  }
}

function notReleased(id: DownloadId): never {
  throw new AppError("FILE_NOT_RELEASED", { download: id });
}

/**
 * Saves released files to shared folders. The release is on record before the first byte, what came of it after the
 * last; what its time is over for is removed, unless somebody changed it. Decides who may save where; the writer
 * process alone touches the share.
 */
import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Readable } from "node:stream";
import type { AuditLog } from "../audit/events.ts";
import { AppError, describeError } from "../base/errors.ts";
import type { DownloadId, UserId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { SharedFolder } from "../config/shared-folders.ts";
import type { ApprovalService } from "../downloads/approvals/types.ts";
import type { FileDesk, ReleasedFile } from "../downloads/types.ts";
import { inTransaction } from "../store/database.ts";
import { fitName } from "./file-name.ts";
import { partsFor, shownPath } from "./place.ts";
import { runWriter } from "./run-writer.ts";
import { sharedFault } from "./shared-fault.ts";
import { removeOver, sharedEvent } from "./remove-over.ts";
import { type NewShared, SharedStore } from "./store.ts";
import type { SavedFile, Saver, SharedFolderService, SharedFolderView } from "./types.ts";

/** Writers at the same time; each may hang as long as its server. */
const writersAtOnce = 4;
const dayMs = 86_400_000;
const tidyMs = 3_600_000;

export interface SharedFoldersOptions {
  readonly folders: readonly SharedFolder[];
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly files: Pick<FileDesk, "find" | "release" | "showSaved">;
  readonly approvals: Pick<ApprovalService, "collect" | "mine">;
  /** Ids of the folders that the policy opens for members of these groups. */
  readonly mayUse: (groups: readonly string[]) => "all" | readonly string[];
  readonly now: () => number;
}

export class SharedFolders implements SharedFolderService, AsyncDisposable {
  readonly #o: SharedFoldersOptions;
  readonly #store: SharedStore;
  readonly #running = new Set<Promise<unknown>>();
  /** Rows that this process is writing. */
  readonly #mine = new Set<number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: SharedFoldersOptions) {
    this.#o = options;
    this.#store = new SharedStore(options.database);
    const tick = () => void this.#tracked(this.tidy());
    tick();
    this.#timer = setInterval(tick, tidyMs);
    this.#timer.unref();
  }

  foldersFor(saver: Pick<Saver, "groups" | "name">): readonly SharedFolderView[] {
    return this.#open(saver).map(({ folder, parts }) => ({
      id: folder.id,
      name: folder.name,
      shownAs: shownPath(folder, parts),
      originals: folder.originals,
    }));
  }

  async saveDownload(saver: Saver, id: DownloadId, folderId: string): Promise<SavedFile> {
    const { files } = this.#o;
    const to = this.#find(saver, folderId);
    const sizeBytes = files.find(id)?.view.releasedBytes ?? 0;
    this.#assertRoom(saver, to.folder, sizeBytes);
    const sharedFolder = folderId;
    const released = await files.release(id, { terminal: saver.terminal, sharedFolder });
    const saved = await this.#tracked(this.#save(saver, id, to, released));
    files.showSaved(id, saved.shownAs);
    return saved;
  }

  async saveApproved(
    saver: Saver & { readonly roles: readonly string[] },
    untrustedId: string,
    folderId: string,
  ): Promise<SavedFile> {
    const { approvals } = this.#o;
    const to = this.#find(saver, folderId);
    const approval = approvals.mine(saver.id).find(({ id }) => id === untrustedId);
    if (approval === undefined) throw new AppError("NOT_FOUND", { what: "approval" });
    if (!approval.sanitized && !to.folder.originals) throw new AppError("SHARED_FOLDER_ORIGINAL");
    this.#assertRoom(saver, to.folder, approval.sizeBytes);
    const released = approvals.collect(saver, untrustedId);
    return await this.#tracked(this.#save(saver, approval.downloadId, to, released));
  }

  savedOf(id: UserId): readonly SavedFile[] {
    return this.#store.of(id).map(({ downloadId, folder, shownAs, untilMs }) => ({
      ...{ downloadId, folder, shownAs, until: untilMs },
    }));
  }

  /** What others left unfinished, and what its time is over for. Never rejects. */
  async tidy(): Promise<void> {
    const { folders, database, audit, log, now } = this.#o;
    try {
      for (const file of this.#store.unfinished().filter(({ seq }) => !this.#mine.has(seq)))
        await this.#clear(
          file.seq,
          file,
          folders.find(({ id }) => id === file.folder),
        );
      for (const folder of folders)
        await removeOver(folder, { store: this.#store, database, audit, log, nowMs: now() });
    } catch (error) {
      log.error({ event: "shared-folder-tidy", reason: describeError(error) });
    }
  }

  async #save(
    saver: Saver,
    downloadId: DownloadId,
    { folder, parts }: Place,
    released: ReleasedFile,
  ): Promise<SavedFile> {
    const { bytes, sizeBytes } = released;
    const part = `.hanare-${randomBytes(8).toString("hex")}.part`;
    const file: NewShared = {
      ...{ folder: folder.id, mount: folder.mount, parts: [...parts], part, downloadId, sizeBytes },
      ...{ ownerId: saver.id, ownerName: saver.name },
    };
    const seq = this.#begin(file, bytes);
    try {
      const name = fitName(released.name, shownPath(folder, parts).length);
      const answer = await runWriter(
        {
          ...{ do: "save", place: { mount: folder.mount, parts: [...parts] }, name, part },
          ...{ makeFolders: folder.makeFolders, sizeBytes, reserveBytes: folder.reserveBytes },
        },
        folder.seconds,
        bytes,
      );
      if (answer.is === "saved") return this.#saved(seq, file, folder, saver, answer);
      const { fault, detail } =
        answer.is === "fault" ? answer : { fault: "failed" as const, detail: answer.is };
      this.#failed(file, saver, `${fault}: ${detail}`, released.name);
      await this.#clear(seq, file, folder);
      throw sharedFault(fault, detail);
    } finally {
      this.#mine.delete(seq);
    }
  }

  #begin(file: NewShared, bytes: Readable): number {
    try {
      const seq = this.#store.begin(file, this.#o.now());
      this.#mine.add(seq);
      return seq;
    } catch (error) {
      bytes.destroy();
      throw error;
    }
  }

  #saved(
    seq: number,
    file: NewShared,
    folder: SharedFolder,
    saver: Saver,
    { name, sha256 }: { readonly name: string; readonly sha256: string },
  ): SavedFile {
    const { database, audit, now } = this.#o;
    const shownAs = shownPath(folder, file.parts, name);
    const untilMs = now() + folder.keepDays * dayMs;
    inTransaction(database, () => {
      this.#store.saved(seq, { name, shownAs, sha256, untilMs });
      audit.write(sharedEvent("share-save", { ...file, name, shownAs, sha256 }, saver));
    });
    const { downloadId } = file;
    return { downloadId, folder: folder.id, shownAs, until: untilMs };
  }

  #failed(file: NewShared, saver: Saver, why: string, name: string): void {
    const { audit, log } = this.#o;
    log.warn({ event: "share-save", outcome: "failure", folder: file.folder, reason: why });
    const event = sharedEvent("share-save", { ...file, name, shownAs: "", sha256: "" }, saver);
    audit.write({ ...event, outcome: "failure", reason: why.slice(0, 256) });
  }

  /** The row goes with what a save that broke off left; while the share is away it waits for the next time. */
  async #clear(seq: number, file: NewShared, folder: SharedFolder | undefined): Promise<void> {
    const place = { mount: file.mount, parts: [...file.parts] };
    const answer =
      folder === undefined
        ? undefined
        : await runWriter({ do: "clear", place, part: file.part }, folder.seconds);
    const isGone = answer === undefined || answer.is === "cleared";
    const hasNoFolder = answer?.is === "fault" && answer.fault === "no-folder";
    if (isGone || hasNoFolder) this.#store.forget(seq);
  }

  #open({ groups, name }: Pick<Saver, "groups" | "name">): readonly Place[] {
    const may = this.#o.mayUse(groups);
    return this.#o.folders.flatMap((folder) => {
      const parts = partsFor(folder, { name, groups });
      const isOpen = may === "all" || may.includes(folder.id);
      return parts === undefined || !isOpen ? [] : [{ folder, parts }];
    });
  }

  #find(saver: Saver, id: string): Place {
    const found = this.#open(saver).find(({ folder }) => folder.id === id);
    if (found === undefined) throw new AppError("NOT_FOUND", { what: "shared folder" });
    return found;
  }

  #assertRoom(saver: Saver, folder: SharedFolder, sizeBytes: number): void {
    if (this.#mine.size >= writersAtOnce) throw new AppError("SHARED_FOLDER_BUSY");
    if (this.#store.heldBytes(saver.id, folder.id) + sizeBytes > folder.personMaxBytes)
      throw new AppError("SHARED_FOLDER_FULL", { folder: folder.id, why: "person" });
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#running);
  }
}

interface Place {
  readonly folder: SharedFolder;
  readonly parts: readonly string[];
}

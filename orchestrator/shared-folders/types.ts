/** What other features see of shared folders: shapes and the interface. */
import type { DownloadId, UserId } from "../base/ids.ts";

export interface SharedFolderView {
  readonly id: string;
  readonly name: string;
  /** As Explorer shows it to this person. */
  readonly shownAs: string;
  /** Approved originals may be saved there as well. */
  readonly originals: boolean;
}

/** Somebody who saves, as they are now. */
export interface Saver {
  readonly id: UserId;
  readonly name: string;
  readonly groups: readonly string[];
  readonly terminal: string;
}

export interface SavedFile {
  readonly downloadId: DownloadId;
  readonly folder: string;
  /** As Explorer shows it. */
  readonly shownAs: string;
  /** Milliseconds since the epoch; it is removed then unless somebody changed it. */
  readonly until: number;
}

export interface SharedFolderService {
  /** Those this person may save to. */
  foldersFor(saver: Pick<Saver, "groups" | "name">): readonly SharedFolderView[];
  /**
   * Throws NOT_FOUND for a folder that is not theirs, SHARED_FOLDER_BUSY, SHARED_FOLDER_AWAY, SHARED_FOLDER_MISSING,
   * SHARED_FOLDER_FULL, and what releasing throws.
   */
  saveDownload(saver: Saver, id: DownloadId, folderId: string): Promise<SavedFile>;
  /** The same for an approved file; throws SHARED_FOLDER_ORIGINAL where it takes none that nothing sanitized. */
  saveApproved(
    saver: Saver & { readonly roles: readonly string[] },
    untrustedId: string,
    folderId: string,
  ): Promise<SavedFile>;
  /** What this person has there, newest first. */
  savedOf(id: UserId): readonly SavedFile[];
}

/** The downloads that the desk holds, by id and by whose they are, and who hears of their changes. Decides nothing. */
import { describeError } from "../../base/errors.ts";
import type { DownloadId, SessionId } from "../../base/ids.ts";
import type { Log } from "../../base/log.ts";
import type { Download } from "./download.ts";
import type { Shares } from "./session-share.ts";
import type { DownloadView, ReceiveArgs } from "../types.ts";

export class Board {
  readonly #downloads = new Map<DownloadId, Download>();
  readonly #listeners = new Set<(view: DownloadView) => void>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(download: Download): void {
    this.#downloads.set(download.id, download);
  }

  remove({ id }: Pick<Download, "id">): void {
    this.#downloads.delete(id);
  }

  find(id: DownloadId): Download | undefined {
    return this.#downloads.get(id);
  }

  of(sessionId: SessionId): readonly Download[] {
    return [...this.#downloads.values()].filter((each) => each.args.sessionId === sessionId);
  }

  sessions(): ReadonlySet<SessionId> {
    return new Set([...this.#downloads.values()].map((each) => each.args.sessionId));
  }

  /** What is held already, by whom. */
  shares({ sessionId, ownerId }: ReceiveArgs): Shares {
    const all = [...this.#downloads.values()];
    const person = all.filter((each) => each.ownerId === ownerId);
    return { all, person, session: this.of(sessionId) };
  }

  /** A listener that throws keeps nobody else from hearing. */
  show(download: Download, view: DownloadView): void {
    download.view = view;
    for (const listener of this.#listeners) {
      try {
        listener(view);
      } catch (error) {
        this.#log.error({ event: "download-listener", reason: describeError(error) });
      }
    }
  }

  /** Returns the unsubscriber. */
  onChange(listener: (view: DownloadView) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

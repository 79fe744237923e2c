/**
 * How a download ends: the verdict in the audit log, the history and the journal, then to who watches; what nobody can
 * get any more is dropped, keys first.
 */
import type { AuditLog } from "../../audit/events.ts";
import { describeError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { Board } from "./board.ts";
import { approvable } from "./awaiting-approval.ts";
import { afterVerdict, type Download, passwordTries } from "./download.ts";
import { recordVerdict } from "../records/download-audit.ts";
import type { FileHistory } from "../records/history.ts";
import type { Journal } from "../records/journal.ts";
import { makeManifest } from "../records/manifest.ts";
import type { Inspected, PipelineParts } from "../inspection/pipeline.ts";
import type { Reason } from "../verdict/reasons.ts";
import type { ScannerStatus } from "../scanning/scanner-status.ts";
import type { DownloadView } from "../types.ts";
import { uninspected } from "../verdict/uninspected.ts";

export type Judged = Pick<Inspected, "candidate" | "decision" | "released" | "result"> &
  Partial<Pick<Inspected, "engines">>;

export interface SettlementParts {
  readonly parts: Pick<PipelineParts, "quarantine">;
  readonly board: Board;
  readonly journal: Journal;
  readonly history: FileHistory;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly maxBytes: number;
  readonly scannerStatus: () => Promise<ScannerStatus>;
  readonly onStep: (step: "inspected" | "recorded") => void;
}

export class Settlement {
  readonly #o: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#o = parts;
  }

  async drop({ original, released, candidate }: Download): Promise<void> {
    for (const file of new Set([original, released?.file, candidate?.file]))
      if (file !== undefined) await this.#o.parts.quarantine.drop(file);
  }

  async finish(
    download: Download,
    inspected: Judged,
    startedMs = performance.now(),
  ): Promise<void> {
    // Asked first: from the look at the signal to the record nothing may come between, not the session's end either.
    const scanner = await this.#o.scannerStatus();
    if (download.cancel.signal.aborted) {
      const leaving = inspected.released ?? inspected.candidate;
      if (leaving !== undefined) await this.#o.parts.quarantine.drop(leaving.file);
      await this.close(download, "cancelled");
      return;
    }
    download.candidate = inspected.candidate;
    const judged = afterVerdict(download.view, inspected);
    const triesLeft = passwordTries - download.tries;
    const view =
      judged.verdict === "needs_password"
        ? { ...judged, passwordTries: triesLeft }
        : { ...judged, ...approvable(download, judged) };
    download.manifest = makeManifest({
      ...{ download, view, inspected, startedMs },
      scanner,
      nowMs: performance.timeOrigin + performance.now(),
      maxBytes: this.#o.maxBytes,
    });
    // Before the record: when that cannot be kept, close() finds the file and drops it.
    download.released = inspected.released;
    this.#o.onStep("inspected");
    const undecided = view.approval !== undefined || view.verdict === "needs_password";
    this.#o.journal.judged(download.id, view.releasable || undecided, () =>
      this.record(download, view, inspected),
    );
    this.#o.onStep("recorded");
    // The original is kept only while somebody may still decide about it, or when it is what leaves.
    if (
      download.original !== undefined &&
      (!undecided || inspected.candidate !== undefined) &&
      (inspected.released ?? inspected.candidate)?.file !== download.original
    ) {
      await this.#o.parts.quarantine.drop(download.original);
    }
    this.#o.board.show(download, view);
  }

  /** The verdict in the audit log and in the history: both or neither. */
  record(download: Download, view: DownloadView, inspected: Judged): void {
    recordVerdict(this.#o.audit, download, view, inspected);
    this.#o.history.put(download, view, download.manifest, Date.now());
  }

  /** Ends a download that came to no inspection. */
  async close(download: Download, reason: Reason): Promise<void> {
    await this.drop(download);
    download.released = undefined;
    download.candidate = undefined;
    const outcome = uninspected("failed", reason);
    const view = afterVerdict(download.view, outcome);
    try {
      this.#o.journal.judged(download.id, false, () => this.record(download, view, outcome));
    } catch (error) {
      // Nothing is released, recorded or not; the entry stays and is reported after the next start.
      this.#o.log.error({ event: "download-record", reason: describeError(error) });
    }
    this.#o.board.show(download, view);
  }
}

/**
 * 持ち出し: files of the terminal on their way to a page. Each goes through the pipeline as a download does and gets
 * its record; what the rules let out is the file itself, or what was rebuilt of it. Nothing is kept: an outcome that
 * is disposed of, and a session that ends, take the bytes along.
 */
import type { Readable } from "node:stream";
import { newDownloadId, type SessionId } from "../../base/ids.ts";
import { afterVerdict, type Download, newDownload } from "./download.ts";
import type { FileHistory } from "../records/history.ts";
import type { InspectionQueue } from "../inspection/inspection-queue.ts";
import { judgeUpload } from "../verdict/judge-upload.ts";
import { makeManifest } from "../records/manifest.ts";
import { type Inspected, inspect, type PipelineParts } from "../inspection/pipeline.ts";
import type { StoredFile } from "../quarantine/quarantine.ts";
import type { Reason } from "../verdict/reasons.ts";
import type { KnownScanner } from "../scanning/scanner-status.ts";
import { noShares, refuseEarly } from "./session-share.ts";
import type { UploadArgs, UploadOutcome } from "../types.ts";
import { uninspected } from "../verdict/uninspected.ts";

export interface UploadDeskParts {
  readonly pipeline: PipelineParts;
  readonly queue: InspectionQueue;
  readonly history: FileHistory;
  readonly scanner: KnownScanner;
  readonly onStep: (step: "upload-inspected" | "upload-received" | "upload-recorded") => void;
}

type Judged = Pick<Inspected, "decision" | "released" | "result"> &
  Partial<Pick<Inspected, "engines">>;

export class UploadDesk {
  readonly #o: UploadDeskParts;
  readonly #running = new Map<SessionId, Set<AbortController>>();

  constructor(parts: UploadDeskParts) {
    this.#o = parts;
  }

  /** Rejects when the file does not come whole. */
  async inspect(args: UploadArgs, bytes: Readable, signal: AbortSignal): Promise<UploadOutcome> {
    const over = new AbortController();
    const running = this.#running.get(args.sessionId) ?? new Set();
    this.#running.set(args.sessionId, running.add(over));
    await using kept = new AsyncDisposableStack();
    kept.defer(() => {
      running.delete(over);
      if (running.size === 0) this.#running.delete(args.sessionId);
    });
    const early = this.#refusal(args);
    if (early !== undefined) return await this.turnedAway(args, bytes, early);
    const both = AbortSignal.any([signal, over.signal]);
    return await this.#inspect(args, bytes, kept, both);
  }

  /** For a file that nobody looked into. */
  async turnedAway(args: UploadArgs, bytes: Readable, reason: Reason): Promise<UploadOutcome> {
    bytes.destroy();
    const download = newDownload(newDownloadId(), { ...args, direction: "upload" });
    return this.#recorded(download, uninspected("blocked", reason), new AsyncDisposableStack());
  }

  /** Whatever of it is on its way stops. */
  endSession(id: SessionId): void {
    for (const over of this.#running.get(id) ?? []) over.abort(new Error("session over"));
  }

  #refusal({ sizeBytes, uploadRules }: UploadArgs): Reason | undefined {
    if (sizeBytes > (uploadRules.maxBytes ?? Number.POSITIVE_INFINITY)) return "upload-size";
    const { config, quarantine } = this.#o.pipeline;
    return refuseEarly(sizeBytes, noShares, config, quarantine);
  }

  async #inspect(
    args: UploadArgs,
    bytes: Readable,
    kept: AsyncDisposableStack,
    signal: AbortSignal,
  ): Promise<UploadOutcome> {
    const { pipeline, queue } = this.#o;
    const { quarantine } = pipeline;
    const { untrustedName, uploadRules: rules, onProgress, isApproved } = args;
    const startedMs = performance.now();
    // Until its own end: what a rebuild of it takes comes on top.
    kept.use(quarantine.announce(args.sizeBytes));
    const original = await quarantine.store(bytes, args.sizeBytes, signal, (total) =>
      onProgress?.("receiving", args.sizeBytes === 0 ? 1 : total / args.sizeBytes),
    );
    kept.defer(() => quarantine.drop(original));
    this.#o.onStep("upload-received");
    onProgress?.("inspecting", 0);
    const inspected = await queue.run(args.sessionId, signal, () =>
      inspect(
        {
          ...{ original, untrustedName, passwords: [] },
          onProgress: ({ step, done }) =>
            onProgress?.(
              step === "rebuild" || step === "verify" ? "sanitizing" : "inspecting",
              done,
            ),
          search: { myNumber: rules.myNumber !== "allow", keywords: [...rules.keywords] },
        },
        pipeline,
        signal,
      ),
    );
    const rebuilt = inspected.released?.file;
    if (rebuilt !== undefined && rebuilt !== original) kept.defer(() => quarantine.drop(rebuilt));
    signal.throwIfAborted();
    const download = {
      ...newDownload(newDownloadId(), { ...args, direction: "upload" }),
      original,
    } as const;
    const judgement = judgeUpload(inspected, rules);
    const askable = !judgement.passes && judgement.askable;
    const approved = askable && isApproved?.(original.sha256) === true;
    if (!judgement.passes && !approved)
      return this.#recorded(
        download,
        { ...inspected, decision: judgement.decision, released: undefined },
        kept,
        { startedMs, askable, profile: rules.profile },
      );
    const asIs = rules.profile === "original";
    const decision = approved
      ? { verdict: inspected.decision.verdict, reason: "upload-approved" as const }
      : judgement.decision;
    return this.#recorded(download, { ...inspected, decision }, kept, {
      ...{ startedMs, approved },
      leaving: asIs ? original : rebuilt,
    });
  }

  /** The outcome, with its record; it owns what `kept` holds. */
  async #recorded(
    download: Download,
    judged: Judged,
    kept: AsyncDisposableStack,
    more: {
      readonly startedMs?: number;
      readonly askable?: boolean;
      readonly approved?: boolean;
      readonly profile?: UploadArgs["uploadRules"]["profile"];
      readonly leaving?: StoredFile | undefined;
    } = {},
  ): Promise<UploadOutcome> {
    const { history, scanner, pipeline } = this.#o;
    const { startedMs = performance.now(), askable = false, approved = false, leaving } = more;
    const { args, original } = download;
    const rebuilt = leaving !== undefined && leaving !== original;
    const view = afterVerdict(download.view, rebuilt ? judged : { ...judged, released: undefined });
    const manifest = makeManifest({
      ...{ download, view, startedMs },
      inspected: rebuilt ? judged : asItIs(judged, leaving),
      scanner: await scanner.status(),
      nowMs: performance.timeOrigin + performance.now(),
      maxBytes: pipeline.config.maxBytes,
    });
    this.#o.onStep("upload-inspected");
    history.put(download, view, manifest, Date.now());
    this.#o.onStep("upload-recorded");
    const { verdict, reason } = judged.decision;
    const { messageJa, messageEn } = view;
    const contentType = judged.result?.contentType;
    const held = kept.move();
    return {
      id: download.id,
      contentType,
      sha256: original?.sha256 ?? "",
      ...{ verdict, reason, messageJa, messageEn },
      ...(leaving !== undefined && {
        passes: {
          bytes: pipeline.quarantine.read(leaving),
          sha256: leaving.sha256,
          name: rebuilt ? view.name : args.untrustedName,
          approved,
        },
      }),
      ...(askable &&
        original !== undefined && {
          askable: {
            file: original,
            facts: {
              ...{ direction: "upload", name: view.name, sessionId: args.sessionId },
              mediaType: "application/octet-stream",
              contentType: contentType ?? "unknown",
              sanitized: more.profile === "sanitize",
              source: manifest.source,
              verdictReason: reason,
            },
          },
        }),
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    };
  }
}

/** Nothing was taken out of a file that leaves as it is, whatever a rebuild would have dropped. */
function asItIs({ result, released, ...judged }: Judged, leaving: StoredFile | undefined): Judged {
  return {
    ...judged,
    result: result && { ...result, removed: [], objects: [] },
    released: leaving && released && { file: leaving, type: released.type },
  };
}

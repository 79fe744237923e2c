/** One download as the desk keeps it, and its view as others see it. */
import type { DownloadId, UserId } from "../../base/ids.ts";
import type { OutputType } from "../../../images/wire/file-words.ts";
import { cleanName } from "../release/clean-name.ts";
import type { Inspected } from "../inspection/pipeline.ts";
import type { Manifest } from "../records/manifest.ts";
import type { StoredFile } from "../quarantine/quarantine.ts";
import {
  type DownloadStage,
  type DownloadView,
  type ReceiveArgs,
  releasedVerdicts,
} from "../types.ts";
import { stageTexts, verdictText } from "../verdict/verdict-text.ts";

export interface Download {
  readonly id: DownloadId;
  readonly ownerId: UserId;
  readonly args: ReceiveArgs;
  readonly cancel: AbortController;
  /** Settles when receive() is through with it. */
  done: PromiseWithResolvers<undefined>;
  view: DownloadView;
  /** Let in and not stored yet: room for what it announced is taken. */
  arriving: boolean;
  original: StoredFile | undefined;
  released: { readonly file: StoredFile; readonly type: OutputType } | undefined;
  /** What leaves once a person has approved it, where it is not the original. */
  candidate: Inspected["candidate"];
  manifest: Manifest | undefined;
  /** How often somebody tried passwords on it. */
  tries: number;
}

/** Wrong passwords after which a file is given up. */
export const passwordTries = 3;

/** Its bytes are still there, and a password could open them. */
export const awaitsPassword = ({ view, original, tries }: Download): boolean =>
  view.stage === "done" &&
  view.verdict === "needs_password" &&
  original !== undefined &&
  tries < passwordTries;

export function newDownload(id: DownloadId, args: ReceiveArgs): Download {
  return {
    id,
    ownerId: args.ownerId,
    args,
    cancel: new AbortController(),
    done: Promise.withResolvers<undefined>(),
    arriving: false,
    original: undefined,
    released: undefined,
    candidate: undefined,
    manifest: undefined,
    tries: 0,
    view: {
      id,
      sessionId: args.sessionId,
      name: cleanName(args.untrustedName),
      sizeBytes: args.sizeBytes,
      stage: "receiving",
      progress: 0,
      removed: [],
      messageJa: stageTexts.receiving.ja,
      messageEn: stageTexts.receiving.en,
      releasable: false,
      ...(args.purpose === "print" ? { purpose: args.purpose } : {}),
      receivedAt: new Date().toISOString(),
    },
  };
}

export function atStage(
  view: DownloadView,
  stage: Exclude<DownloadStage, "done">,
  progress: number,
): DownloadView {
  const { verdict: _verdict, reason: _reason, passwordTries: _tries, ...before } = view;
  return {
    ...before,
    stage,
    progress,
    messageJa: stageTexts[stage].ja,
    messageEn: stageTexts[stage].en,
  };
}

/** The view after the verdict. */
export function afterVerdict(
  view: DownloadView,
  inspected: Pick<Inspected, "decision" | "released" | "result">,
): DownloadView {
  const { decision, released, result } = inspected;
  const removed = released === undefined ? [] : (result?.removed ?? []);
  const text = verdictText(decision.verdict, decision.reason, removed, decision.signature);
  const reason =
    decision.signature === undefined ? decision.reason : `${decision.reason}:${decision.signature}`;
  return {
    ...view,
    stage: "done",
    progress: 1,
    verdict: decision.verdict,
    reason,
    ...(result === undefined ? {} : { contentType: result.contentType }),
    ...(released === undefined
      ? {}
      : { name: cleanName(view.name, released.type), releasedBytes: released.file.sizeBytes }),
    removed,
    messageJa: text.ja,
    messageEn: text.en,
    releasable: released !== undefined && releasedVerdicts.has(decision.verdict),
  };
}

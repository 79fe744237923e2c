/** Takes a download's bytes into quarantine, telling how far they are. */
import type { Readable } from "node:stream";
import { describeError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { Board } from "./board.ts";
import { atStage, type Download } from "./download.ts";
import type { Quarantine, StoredFile } from "../quarantine/quarantine.ts";

/** Smallest step of the receiving bar that is worth telling. */
const receiveStep = 0.05;

/** Rejects only when it was aborted; everything else that goes wrong on the way is `incomplete`. */
export async function storeArriving(
  download: Download,
  bytes: Readable,
  { quarantine, board, log }: { quarantine: Quarantine; board: Board; log: Log },
  signal: AbortSignal,
): Promise<"incomplete" | StoredFile> {
  const { sizeBytes } = download.args;
  let shown = 0;
  const onBytes = (total: number): void => {
    const progress = sizeBytes === 0 ? 1 : Math.min(total / sizeBytes, 1);
    if (progress - shown < receiveStep) return;
    shown = progress;
    board.show(download, atStage(download.view, "receiving", progress));
  };
  download.arriving = true;
  using _room = quarantine.announce(sizeBytes);
  try {
    // No byte more than room was taken for.
    const stored = await quarantine.store(bytes, sizeBytes, signal, onBytes);
    download.original = stored;
    return stored.sizeBytes === sizeBytes ? stored : "incomplete";
  } catch (error) {
    if (signal.aborted) throw error;
    log.warn({ event: "download-receive", outcome: "failure", reason: describeError(error) });
    return "incomplete";
  } finally {
    download.arriving = false;
  }
}

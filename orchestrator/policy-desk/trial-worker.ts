/** The thread in which a candidate is tried: takes a TrialInput, tells its progress, answers with the Trial. */
import { parentPort, workerData } from "node:worker_threads";
import { type TrialInput, tryCandidate } from "./try-candidate.ts";

const port = parentPort;
if (!port) throw new Error("this file runs as a thread");
const trial = await tryCandidate(workerData as TrialInput, (share) =>
  port.postMessage({ progress: share }),
);
port.postMessage({ trial });

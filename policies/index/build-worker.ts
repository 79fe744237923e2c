/** Builds one snapshot off the main thread: sorting ten million entries takes seconds. */
import { parentPort, workerData } from "node:worker_threads";
import { type BuildRequest, buildIndex } from "./build.ts";

parentPort?.postMessage(buildIndex(workerData as BuildRequest));

/** One part of the log, walked in a thread of its own for verify-file.ts. */
import { createPublicKey } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { verifyPart } from "./verify.ts";
import type { PartTask } from "./verify-file.ts";

const { path, publicKey, part, start } = workerData as PartTask;
const database = new DatabaseSync(path, { readOnly: true });
const verdict = verifyPart(database, createPublicKey(publicKey), part, start);
database.close();
parentPort?.postMessage(verdict);

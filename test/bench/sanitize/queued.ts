/** How far memory grows while many files wait for their turn: their bytes belong into the quarantine, not here. */
import { Readable } from "node:stream";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import { argsFor, type DeskHarness } from "../../integration/downloads/desk-harness.ts";

export const queuedFiles = 50;
const chunkBytes = 64 * 1024;
const perSession = 10;
const everyMs = 50;

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** In megabytes of resident memory, at its highest against before; the desk is a part of this process. */
export async function queuedMemoryMb({ desk }: DeskHarness, bytes: Buffer): Promise<number> {
  const before = process.memoryUsage.rss();
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, everyMs);
  const sessions = Array.from({ length: queuedFiles / perSession }, () => newSessionId());
  try {
    await Promise.all(
      Array.from({ length: queuedFiles }, (_, index) => {
        const session = sessions[index % sessions.length] ?? newSessionId();
        const file = Readable.from(chunksOf(bytes), { objectMode: false });
        const args = argsFor(session, `${index}.txt`, bytes.length);
        return desk.receiveWithPasswords(args, file, [], new AbortController().signal);
      }),
    );
  } finally {
    clearInterval(timer);
  }
  await Promise.all(sessions.map((each) => desk.endSession(each)));
  return (highest - before) / 1024 ** 2;
}

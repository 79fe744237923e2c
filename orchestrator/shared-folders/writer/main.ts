/**
 * The process that touches a shared folder, one act long. Every call here may hang as long as a file server does, so
 * it is never made by a process that serves anybody else.
 */
import { rmSync, statfsSync } from "node:fs";
import { type WriterAnswer, WriterError, type WriterFault, writerRequest } from "../wire.ts";
import { codeOf, openFolder } from "./folder.ts";
import { look } from "./look.ts";
import { readRequest } from "./read-request.ts";
import { save } from "./save.ts";

const faults: Readonly<Record<string, WriterFault>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "refused",
  EACCES: "refused",
  EPERM: "refused",
};

async function act(): Promise<WriterAnswer> {
  const { line, rest } = await readRequest(process.stdin);
  const request = writerRequest.parse(JSON.parse(line));
  switch (request.do) {
    case "check": {
      using folder = openFolder(request.place, false);
      const { bavail, bsize } = statfsSync(folder.at("."));
      return { is: "mounted", fileSystem: folder.mount.fileSystem, freeBytes: bavail * bsize };
    }
    case "save":
      return await save(request, rest);
    case "clear": {
      using folder = openFolder(request.place, false);
      rmSync(folder.at(request.part), { force: true });
      return { is: "cleared" };
    }
    case "look":
      return { is: "looked", states: request.items.map(look) };
  }
}

function answerOf(error: unknown): WriterAnswer {
  if (error instanceof WriterError)
    return { is: "fault", fault: error.fault, detail: error.message };
  const code = codeOf(error);
  return { is: "fault", fault: faults[code] ?? "failed", detail: code };
}

// The orchestrator ends this process; a key pressed at its console does not.
process.on("SIGINT", () => undefined);
const answer = await act().catch(answerOf);
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));

/**
 * Has ClamAV's own programs look at a set of signature files, in a container as closed as the scanner's: sigtool the
 * makers' signature of each packed file, clamscan whether the whole loads.
 */
import { z } from "zod";
import { deadline } from "../base/deadline.ts";
import { AppError } from "../base/errors.ts";
import { type ProgramArgs, runProgram } from "./run-program.ts";

const checkMs = 300_000;
const answerLimitBytes = 16 * 1024;

const answerSchema = z.strictObject({
  ok: z.boolean(),
  /** Name of the file that was refused, or of the program that refused the whole. */
  what: z.string().regex(/^[A-Za-z0-9._-]{0,64}$/),
});

/** Throws SIGNATURES_REFUSED, or what the engine throws. Leaves no container. */
export async function checkSet(args: ProgramArgs, dir: string): Promise<void> {
  const said = await runProgram(
    args,
    {
      cmd: ["/app/images/clamd/check.ts"],
      limits: { memoryMb: 3072, pids: 64, cpus: 2 },
      workMb: 1024,
      readOnlyBinds: [{ host: dir, inside: "/var/lib/clamav" }],
      read: readAll,
    },
    deadline(checkMs, "signature check"),
  );
  const answer = parseAnswer(said);
  if (!answer.ok)
    throw new AppError("SIGNATURES_REFUSED", { detail: `ClamAV does not accept ${answer.what}` });
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of stream)
    if (text.length < answerLimitBytes) text += chunk.toString("latin1");
  return text;
}

/** An answer that is none means no. */
function parseAnswer(text: string): z.infer<typeof answerSchema> {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return { ok: false, what: "the-set" };
  }
}

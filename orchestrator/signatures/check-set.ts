/**
 * Has ClamAV's own programs look at a set of signature files, in a container as closed as the scanner's: sigtool the
 * makers' signature of each packed file, clamscan whether the whole loads.
 */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { deadline, waitFor } from "../base/deadline.ts";
import { AppError } from "../base/errors.ts";
import type { InstallationId } from "../base/ids.ts";
import { processToken } from "../base/process-token.ts";
import type { EngineClient } from "../engine/client.ts";
import { hardenedHostConfig } from "../engine/hardening.ts";
import { makeLabels } from "../engine/labels.ts";

const uid = 64_903;
const checkMs = 300_000;
const answerLimitBytes = 16 * 1024;

const answerSchema = z.strictObject({
  ok: z.boolean(),
  /** Name of the file that was refused, or of the program that refused the whole. */
  what: z.string().regex(/^[A-Za-z0-9._-]{0,64}$/),
});

export interface CheckSetArgs {
  readonly engine: EngineClient;
  readonly installation: InstallationId;
  /** The scanner's image. */
  readonly image: string;
}

/** Throws SIGNATURES_REFUSED, or what the engine throws. Leaves no container. */
export async function checkSet(args: CheckSetArgs, dir: string): Promise<void> {
  const { engine, installation, image } = args;
  const limit = deadline(checkMs, "signature check");
  await using undo = new AsyncDisposableStack();
  const name = `hanare-${installation}-clamd-${processToken()}-${randomBytes(6).toString("hex")}`;
  undo.defer(() => engine.remove(name));
  await engine.create(
    {
      name,
      Image: image,
      User: `${uid}:${uid}`,
      Labels: makeLabels(installation, "probe"),
      Entrypoint: ["/usr/local/bin/node", "--disable-warning=ExperimentalWarning"],
      Cmd: ["/app/images/clamd/check.ts"],
      AttachStdout: true,
      AttachStderr: true,
      OpenStdin: true,
      HostConfig: hardenedHostConfig({
        limits: { memoryMb: 3072, pids: 64, cpus: 2 },
        tmpfs: { "/work": { mb: 1024, uid } },
        readOnlyBinds: [{ host: dir, inside: "/var/lib/clamav" }],
      }),
    },
    limit,
  );
  const { stdout } = await engine.attach(name);
  const said = readAll(stdout);
  await engine.start(name, limit);
  const answer = parseAnswer(await waitFor(said, limit));
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

/** A program of the scanner's image, once, in a container as closed as the scanner's: no network, nothing kept. */
import { randomBytes } from "node:crypto";
import { waitFor } from "../base/deadline.ts";
import type { InstallationId } from "../base/ids.ts";
import { processToken } from "../base/process-token.ts";
import type { EngineClient } from "../engine/client.ts";
import { hardenedHostConfig } from "../engine/hardening.ts";
import { makeLabels } from "../engine/labels.ts";

/** Of the container, and the group that may use what is made for it. */
export const programUid = 64_903;

export interface ProgramArgs {
  readonly engine: EngineClient;
  readonly installation: InstallationId;
  /** The scanner's image. */
  readonly image: string;
}

export interface Program<Said> {
  readonly cmd: readonly string[];
  readonly limits: { readonly memoryMb: number; readonly pids: number; readonly cpus: number };
  /** Of `/work`, where it may write. */
  readonly workMb: number;
  readonly readOnlyBinds: readonly { readonly host: string; readonly inside: string }[];
  /** Takes what it says to its end. */
  readonly read: (stdout: AsyncIterable<Buffer>) => Promise<Said>;
}

/** Throws what `read` or the engine throws, or the signal's reason. Leaves no container. */
export async function runProgram<Said>(
  { engine, installation, image }: ProgramArgs,
  { cmd, limits, workMb, readOnlyBinds, read }: Program<Said>,
  signal: AbortSignal,
): Promise<Said> {
  await using undo = new AsyncDisposableStack();
  const name = `hanare-${installation}-clamd-${processToken()}-${randomBytes(6).toString("hex")}`;
  undo.defer(() => engine.remove(name));
  await engine.create(
    {
      name,
      Image: image,
      User: `${programUid}:${programUid}`,
      Labels: makeLabels(installation, "probe"),
      Entrypoint: ["/usr/local/bin/node", "--disable-warning=ExperimentalWarning"],
      Cmd: [...cmd],
      AttachStdout: true,
      AttachStderr: true,
      OpenStdin: true,
      HostConfig: hardenedHostConfig({
        limits,
        tmpfs: { "/work": { mb: workMb, uid: programUid } },
        readOnlyBinds: [...readOnlyBinds],
      }),
    },
    signal,
  );
  const { stdout } = await engine.attach(name);
  const said = read(stdout);
  // Awaited below; until then a failure is nobody's unhandled rejection.
  said.catch(() => undefined);
  await engine.start(name, signal);
  return await waitFor(said, signal);
}

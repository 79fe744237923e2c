/** One look for newer signatures: freshclam in a container as closed as the scanner's, whose only way out is a door. */
import { randomBytes } from "node:crypto";
import { deadline, waitFor } from "../base/deadline.ts";
import { processToken } from "../base/process-token.ts";
import { hardenedHostConfig } from "../engine/hardening.ts";
import { makeLabels } from "../engine/labels.ts";
import type { CheckSetArgs } from "./check-set.ts";
import { type Fetched, readFetched } from "./read-fetched.ts";

/** Of the container, and the group that may use the door. */
export const updaterUid = 64_903;

export interface FetchArgs extends CheckSetArgs {
  /** Holds `door.sock`, and `ca.pem` where the mirror's authority is the site's own. */
  readonly doorFolder: string;
  readonly conf: string;
  /** The set in force. */
  readonly current: string | undefined;
  readonly minutes: number;
}

/** Fills `into`. Throws SIGNATURES_REFUSED, DEADLINE_EXCEEDED, or what the engine throws. Leaves no container. */
export async function fetchSet(
  args: FetchArgs,
  into: string,
  stopping: AbortSignal,
): Promise<Fetched> {
  const { engine, installation, image, doorFolder, conf, current, minutes } = args;
  const limit = deadline(minutes * 60_000, "signature update", stopping);
  await using undo = new AsyncDisposableStack();
  const name = `hanare-${installation}-clamd-${processToken()}-${randomBytes(6).toString("hex")}`;
  undo.defer(() => engine.remove(name));
  await engine.create(
    {
      name,
      Image: image,
      User: `${updaterUid}:${updaterUid}`,
      Labels: makeLabels(installation, "probe"),
      Entrypoint: ["/usr/local/bin/node", "--disable-warning=ExperimentalWarning"],
      Cmd: ["/app/images/clamd/update.ts", conf],
      AttachStdout: true,
      AttachStderr: true,
      OpenStdin: true,
      HostConfig: hardenedHostConfig({
        limits: { memoryMb: 2048, pids: 64, cpus: 1 },
        tmpfs: { "/work": { mb: 1536, uid: updaterUid } },
        readOnlyBinds: [
          { host: doorFolder, inside: "/run/hanare" },
          ...(current === undefined ? [] : [{ host: current, inside: "/var/lib/clamav" }]),
        ],
      }),
    },
    limit,
  );
  const { stdout } = await engine.attach(name);
  const read = readFetched(stdout, into);
  read.catch(() => undefined);
  await engine.start(name, limit);
  return await waitFor(read, limit);
}

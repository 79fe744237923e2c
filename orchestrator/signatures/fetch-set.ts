/** One look for newer signatures: freshclam in a container as closed as the scanner's, whose only way out is a door. */
import { deadline } from "../base/deadline.ts";
import { type Fetched, readFetched } from "./read-fetched.ts";
import { type ProgramArgs, runProgram } from "./run-program.ts";

export interface FetchArgs extends ProgramArgs {
  /** Holds `door.sock`, and `ca.pem` where the mirror's authority is the site's own. */
  readonly doorFolder: string;
  readonly conf: string;
  /** The set in force. */
  readonly current: string | undefined;
  readonly minutes: number;
}

/** Fills `into`. Throws SIGNATURES_REFUSED, DEADLINE_EXCEEDED, or what the engine throws. Leaves no container. */
export function fetchSet(args: FetchArgs, into: string, stopping: AbortSignal): Promise<Fetched> {
  const { doorFolder, conf, current, minutes } = args;
  return runProgram(
    args,
    {
      cmd: ["/app/images/clamd/update.ts", conf],
      limits: { memoryMb: 2048, pids: 64, cpus: 1 },
      workMb: 1536,
      readOnlyBinds: [
        { host: doorFolder, inside: "/run/hanare" },
        ...(current === undefined ? [] : [{ host: current, inside: "/var/lib/clamav" }]),
      ],
      read: (stdout) => readFetched(stdout, into),
    },
    deadline(minutes * 60_000, "signature update", stopping),
  );
}

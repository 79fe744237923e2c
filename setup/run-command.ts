/**
 * Runs a program of the machine (apt-get, mmdebstrap, vite …) with its output in the set-up's log file.
 * Ends the program and its children when the signal aborts and waits until it is gone: an act with side
 * effects is never raced away.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import type { Readable } from "node:stream";

export interface CommandOptions {
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called for every line of output, stdout and stderr alike. */
  readonly onLine?: (line: string) => void;
  /** Takes stdout instead of the log; the command is over only when this is. */
  readonly consume?: (stdout: Readable) => Promise<void>;
}

export interface CommandResult {
  readonly code: number;
  /** The last lines, for the message when it failed. */
  readonly tail: string;
}

const graceMs = 10_000;

/** Resolves with the exit code, 127 when the program does not exist. Rejects only with the signal's reason. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions,
  signal: AbortSignal,
): Promise<CommandResult> {
  signal.throwIfAborted();
  appendFileSync(options.logFile, `\n$ ${[program, ...args].join(" ").slice(0, 500)}\n`);
  // A process group of its own: what the program started ends with it.
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines: string[] = [];
  const take = (stream: Readable): void => {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      appendFileSync(options.logFile, chunk);
      const parts = (rest + chunk).split(/[\r\n]+/);
      rest = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        if (lines.length > 40) lines.shift();
        options.onLine?.(line);
      }
    });
  };
  take(child.stderr);
  const consumed = options.consume?.(child.stdout);
  if (consumed === undefined) take(child.stdout);
  const failure = consumed?.then(
    () => undefined,
    (error: unknown) => error ?? new Error("output could not be taken"),
  );

  const end = (how: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, how);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  let force: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    end("SIGTERM");
    force = setTimeout(() => end("SIGKILL"), graceMs);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  // The other side of the pipe refused: without this the program would block on a full pipe for ever.
  void failure?.then((error) => {
    if (error !== undefined) end("SIGTERM");
  });
  try {
    const code = await new Promise<number>((resolve) => {
      child.once("error", () => resolve(127));
      child.once("close", (exitCode) => resolve(exitCode ?? 1));
    });
    const error = await failure;
    signal.throwIfAborted();
    return { code: code === 0 && error !== undefined ? 1 : code, tail: lines.slice(-8).join("\n") };
  } finally {
    clearTimeout(force);
    signal.removeEventListener("abort", onAbort);
  }
}

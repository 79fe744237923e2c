/**
 * Runs one external program on files in the work directory: fixed path, no shell, empty environment,
 * bounded time and output. A program that is killed or floods counts as an engine error.
 */
import { spawn } from "node:child_process";
import { Refusal } from "./context.ts";

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly seconds: number;
  /** Of processor time: what a bomb eats, and a busy machine does not. */
  readonly cpuSeconds?: number;
  readonly cwd: string;
  readonly stdoutLimitBytes?: number;
  /** What too much output means; a program that floods is a size limit unless told. */
  readonly overLimit?: "ratio-limit" | "size-limit";
}

const stderrLimitBytes = 16 * 1024;

export async function runTool(
  program: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolResult> {
  const limit = options.stdoutLimitBytes ?? 1024 * 1024;
  const { cpuSeconds } = options;
  const command =
    cpuSeconds === undefined
      ? [program, ...args]
      : ["/usr/bin/prlimit", `--cpu=${cpuSeconds}`, program, ...args];
  const child = spawn(command[0] ?? program, command.slice(1), {
    cwd: options.cwd,
    env: {
      LANG: "C.UTF-8",
      PATH: "/usr/bin:/bin",
      TMPDIR: options.cwd,
      HOME: options.cwd,
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.seconds * 1000,
    killSignal: "SIGKILL",
  });
  const out: Buffer[] = [];
  let outBytes = 0;
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    outBytes += chunk.length;
    if (outBytes <= limit) out.push(chunk);
    else child.kill("SIGKILL");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < stderrLimitBytes) stderr += chunk.toString("latin1");
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  const exitCode = await promise;
  if (outBytes > limit)
    throw new Refusal("blocked", options.overLimit ?? "size-limit", `${program} output`);
  if (exitCode === null) throw new Refusal("blocked", "time-limit", program);
  return { exitCode, stdout: Buffer.concat(out), stderr };
}

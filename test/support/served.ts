/**
 * An orchestrator as its own process, so that it can be killed without warning and started again in the
 * same data directory, as a service manager would. Its children are known by the kernel, not by it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";

const command = join(import.meta.dirname, "../../orchestrator/cli/main.ts");

export class ServedHanare implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #said: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "exit");
    if (child.stderr)
      createInterface({ input: child.stderr }).on("line", (line) => this.#said.push(line));
  }

  /** Resolves when the portal listens. Rejects with what it said when it ends before. */
  static async start(dataDir: string): Promise<ServedHanare> {
    const child = spawn(
      process.execPath,
      [
        "--disable-warning=ExperimentalWarning",
        command,
        "serve",
        // As people type it; helper processes, which run in another folder, must find it all the same.
        "--data",
        relative(process.cwd(), dataDir),
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const served = new ServedHanare(child);
    const ready = once(createInterface({ input: child.stdout }), "line").then(() => true);
    const ended = served.#exited.then(() => false);
    if (!(await Promise.race([ready, ended]))) throw new Error(served.said);
    return served;
  }

  /** What it wrote to its console. */
  get said(): string {
    return this.#said.join("\n");
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Process ids of its children: proxy and practice site. */
  async children(): Promise<number[]> {
    const text = await readFile(`/proc/${this.pid}/task/${this.pid}/children`, "utf8");
    return text
      .split(" ")
      .filter((each) => each !== "")
      .map(Number);
  }

  /** Without warning; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** As a service manager stops it; resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    await this.#exited;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const code = await this.stop();
    if (code !== 0) throw new Error(`stopped unclean (${code}): ${this.said}`);
  }
}

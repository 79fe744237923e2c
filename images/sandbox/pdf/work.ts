/** Where one PDF is worked on, the programs that work on it, and the password that opens it. */
import { join } from "node:path";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { runTool, type ToolResult } from "../run-tool.ts";

/** qpdf: 0 is fine, 3 is fine with warnings (the file was repaired). */
const qpdfWorked = (result: ToolResult): boolean => result.exitCode === 0 || result.exitCode === 3;
/** `--requires-password`: 0 a password is needed, 2 not encrypted, 3 encrypted but open. */
const passwordNeeded = 0;
const encryptedButOpen = 3;

/** For one step on a PDF: many times what the largest real ones take. */
const cpuSeconds = 6;
const cpuSecondsPerMegabyte = 2;

export class PdfWork {
  readonly #context: JobContext;
  readonly #cpuSeconds: number;
  readonly dir: string;

  constructor(context: JobContext) {
    this.#context = context;
    const megabytes = context.bytes.length / 1024 ** 2;
    this.#cpuSeconds = Math.ceil(cpuSeconds + cpuSecondsPerMegabyte * megabytes);
    this.dir = join(context.workDir, "job");
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  async tool(program: string, ...args: string[]): Promise<ToolResult> {
    return runTool(program, args, {
      seconds: this.#context.limits.toolSeconds,
      cpuSeconds: this.#cpuSeconds,
      cwd: this.dir,
    });
  }

  /** A qpdf step that must work. */
  async qpdf(...args: string[]): Promise<ToolResult> {
    const result = await this.tool("/usr/bin/qpdf", ...args);
    if (!qpdfWorked(result)) throw new Refusal("blocked", "damaged", result.stderr.slice(0, 500));
    return result;
  }
}

/** The password that opens it; empty for none. Throws Refusal when none of the job's does. */
export async function openingPassword(work: PdfWork, context: JobContext): Promise<string> {
  // The word stands in plain text wherever a file is encrypted: without it there is nothing to ask qpdf.
  if (!context.bytes.includes("/Encrypt")) return "";
  for (const password of ["", ...context.job.passwords]) {
    const asked = await work.tool(
      "/usr/bin/qpdf",
      "--requires-password",
      ...(password === "" ? [] : [`--password=${password}`]),
      work.path("in.pdf"),
    );
    if (asked.exitCode === passwordNeeded) continue;
    if (asked.exitCode === encryptedButOpen) context.tally.add("encryption");
    return password;
  }
  throw new Refusal("needs_password", passwordReason(context));
}

/** Everything `npm test` checks, cheapest first; vitest is last so that its summary ends the output. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { SetupContext, Step } from "../context.ts";
import { SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";
import { runSteps } from "../run-steps.ts";

interface Check {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

const checks: readonly Check[] = [
  { name: "TypeScript", script: "typescript/bin/tsc", args: ["-p", "tsconfig.json"] },
  {
    name: "TypeScript (web)",
    script: "typescript/bin/tsc",
    args: ["-p", "orchestrator/web/tsconfig.json"],
  },
  { name: "ESLint", script: "eslint/bin/eslint.js", args: [".", "--max-warnings", "0"] },
  { name: "Biome", script: "@biomejs/biome/bin/biome", args: ["check", "."] },
];

/** The lines that a check which failed printed; undefined when it passed. */
async function failureOf(
  { script, args }: Check,
  { root, logFile, signal }: SetupContext,
): Promise<string[] | undefined> {
  const lines: string[] = [];
  const result = await runCommand(
    process.execPath,
    [join(root, "node_modules", script), ...args],
    { logFile, cwd: root, onLine: (line) => lines.push(line) },
    signal,
  );
  return result.code === 0 ? undefined : lines;
}

/** All at once: each uses one core, and the slowest takes as long as the others together. */
const everyCheck: Step = {
  name: { ja: "型・書き方", en: "Types, lint, format" },
  async run(context, progress) {
    const running = new Set(checks.map(({ name }) => name));
    const tell = () => progress([...running].join(", "));
    tell();
    const failures = await Promise.all(
      checks.map(async (check) => {
        const lines = await failureOf(check, context);
        running.delete(check.name);
        tell();
        return lines && { name: check.name, lines };
      }),
    );
    const failed = failures.filter((each) => each !== undefined);
    for (const { name, lines } of failed)
      process.stdout.write(`\n${name}\n${lines.slice(-200).join("\n")}\n`);
    if (failed.length === 0) return undefined;
    throw new SetupError("COMMAND_FAILED", {
      what: failed.map(({ name }) => name).join(", "),
      log: context.logFile,
    });
  },
};

/** Runs a Node script with the console's own streams; resolves with its exit code. */
export async function runAttached(
  context: SetupContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
    cwd: context.root,
    env: { ...process.env, HANARE_DATA: context.dataDir, ...env },
    stdio: "inherit",
  });
  const onAbort = (): void => {
    child.kill("SIGTERM");
  };
  context.signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
  } finally {
    context.signal.removeEventListener("abort", onAbort);
  }
}

/** Arguments go to vitest; with any, only what they name is asked for and the checks are passed over. */
export async function test(context: SetupContext, args: readonly string[]): Promise<number> {
  if (args.length === 0) await runSteps([everyCheck], context);
  const vitest = join(context.root, "node_modules/vitest/vitest.mjs");
  return runAttached(context, [vitest, "run", ...args], {
    // Tests start hundreds of our own programs: each is compiled once.
    NODE_COMPILE_CACHE: join(context.dataDir, "test-compile-cache"),
  });
}

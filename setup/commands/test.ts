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

function asStep({ name, script, args }: Check): Step {
  return {
    name: { ja: name, en: name },
    async run({ root, logFile, signal }) {
      const lines: string[] = [];
      const result = await runCommand(
        process.execPath,
        [join(root, "node_modules", script), ...args],
        { logFile, cwd: root, onLine: (line) => lines.push(line) },
        signal,
      );
      if (result.code === 0) return undefined;
      process.stdout.write(`${lines.slice(-200).join("\n")}\n`);
      throw new SetupError("COMMAND_FAILED", { what: name, log: logFile });
    },
  };
}

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
  if (args.length === 0) await runSteps(checks.map(asStep), context);
  const vitest = join(context.root, "node_modules/vitest/vitest.mjs");
  return runAttached(context, [vitest, "run", ...args], {
    // Tests start hundreds of our own programs: each is compiled once.
    NODE_COMPILE_CACHE: join(context.dataDir, "test-compile-cache"),
  });
}

/**
 * What the commands that work on an installation's files share: options, --help, exit codes, errors on
 * stderr with what to do next. 0 done, 1 failed, 2 wrong usage; a command documents any other of its own.
 */
import { dataDirOf } from "../config/load.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { chooseLanguage, linesFor } from "../../setup/language.ts";
import type { Bilingual } from "../base/bilingual.ts";
import { errorCodes } from "../base/codes.ts";
import { AppError, describeError } from "../base/errors.ts";

export const exitCodes = { done: 0, failed: 1, usage: 2, altered: 3 } as const;

export const commonOptions = {
  data: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies ParseArgsOptionsConfig;

/** Wrong usage: the message says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Parsed<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>
>;

export async function runCommand<O extends ParseArgsOptionsConfig & typeof commonOptions>(
  spec: { readonly help: string; readonly options: O },
  args: string[],
  work: (parsed: Parsed<O>) => Promise<number>,
): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(spec.help);
    return exitCodes.done;
  }
  try {
    return await work(parseArgs({ args, options: spec.options, allowPositionals: true }));
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const usage =
    error instanceof UsageError || (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS_"));
  if (usage) {
    process.stderr.write(`${describeError(error)}\n`);
    say({ ja: "使い方は --help で見られます。", en: "See --help." });
    return exitCodes.usage;
  }
  if (error instanceof AppError) {
    const text = errorCodes[error.code];
    const facts = Object.entries(error.context).map(([key, value]) => ` ${key}=${value}`);
    say(text);
    process.stderr.write(`[${error.code}${facts.join("")}]\n`);
    say({ ja: text.nextJa, en: text.nextEn });
    return exitCodes.failed;
  }
  process.stderr.write(`${describeError(error)}\n`);
  say({
    ja: "もう一度試すか、npx hanare doctor で調べてください。",
    en: "Try again, or run: npx hanare doctor",
  });
  return exitCodes.failed;
}

/** A line on stderr in the language that the terminal reads. */
function say(text: Bilingual): void {
  for (const line of linesFor(chooseLanguage(), text)) process.stderr.write(`${line}\n`);
}

export interface InstallationFiles {
  readonly database: string;
  readonly keys: string;
}

/** `--data`, else HANARE_DATA, else `var` in the repository. Throws UsageError when no installation is there. */
export function installationFiles(data: string | undefined): InstallationFiles {
  const dir = dataDirOf(data);
  const database = join(dir, "hanare.db");
  if (!existsSync(database))
    throw new UsageError(
      `No installation in ${dir}. Run "npm start" once, or name it with --data DIR.`,
    );
  return { database, keys: join(dir, "keys") };
}

/** Exactly one positional argument. */
export function onlyArgument(positionals: readonly string[], what: string): string {
  const [only, ...more] = positionals;
  if (only === undefined || more.length > 0) throw new UsageError(`Name exactly one ${what}.`);
  return only;
}

export function noArguments(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`Unexpected argument: ${positionals.join(" ")}`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

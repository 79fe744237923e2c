/** What the `policy …` commands share: the default file, printing problems, and how bad usage is told. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { dataDirOf } from "../config/load.ts";
import { loadPolicy, type LoadResult } from "../../policies/load.ts";
import { formatProblem } from "../../policies/problem.ts";

/** The policy of the installation that `--data DIR`, else HANARE_DATA, else this folder's `var` is. */
export function policyFileOf(data: string | undefined): string {
  return join(dataDirOf(data), "policy", "policy.yaml");
}

/** Exit codes of all `policy` commands; each says in its help what 1 means for it. */
export const exitCodes = { ok: 0, no: 1, usage: 2, unreadable: 3 } as const;

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The parsed arguments, or undefined after the mistake was explained. */
export function readArgs<T extends ParseArgsConfig>(config: T, help: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    complain(`${error.message}\n\n${help}`);
    return undefined;
  }
}

/** A folder stands for the `policy.yaml` in it, so that a policy repository can be named as it is. */
export function mainFileOf(named: string): string {
  const isFolder = statSync(named, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? join(named, "policy.yaml") : named;
}

/** `[FILE] [--json] [--data DIR]`, or the exit code once help or the mistake was printed. */
export function readFileArgs(
  args: string[],
  help: string,
): { readonly file: string; readonly json: boolean } | { readonly exitCode: number } {
  const options = {
    json: { type: "boolean", default: false },
    data: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  const parsed = readArgs({ args, options, allowPositionals: true }, help);
  if (!parsed) return { exitCode: exitCodes.usage };
  const { values, positionals } = parsed;
  if (values.help) {
    print(help);
    return { exitCode: exitCodes.ok };
  }
  if (positionals.length > 1) {
    complain(help);
    return { exitCode: exitCodes.usage };
  }
  const [named] = positionals;
  const file = named === undefined ? policyFileOf(values.data) : mainFileOf(named);
  return { file, json: values.json };
}

/** The policy, or undefined after its problems were printed in the wanted form. */
export async function loadOrComplain(
  file: string,
  json: boolean,
): Promise<Extract<LoadResult, { ok: true }> | undefined> {
  const loaded = await loadPolicy(file);
  if (loaded.ok) return loaded;
  if (json) print(JSON.stringify({ ok: false, file, problems: loaded.problems }));
  else {
    for (const problem of loaded.problems) complain(formatProblem(problem));
    complain(
      `\n${loaded.problems.length} 件の誤りがあります。直るまで前のポリシーが有効です。 / ${loaded.problems.length} problem(s); the previous policy stays in force until they are corrected.`,
    );
  }
  return undefined;
}

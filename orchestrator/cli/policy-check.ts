/** `hanare policy check [FILE|DIR]`: reads a policy and its lists and says everything that is wrong with them. */
import { sizeOf } from "../../policies/entry-table.ts";
import { expiredOf } from "../../policies/expired.ts";
import { formatProblem } from "../../policies/problem.ts";
import { exitCodes, loadOrComplain, print, readFileArgs } from "./policy-args.ts";

const help = `hanare policy check [FILE|DIR] [--json] [--data DIR]

Reads a policy and its lists, without a running server, and reports every mistake with file, line,
column and what to write instead. FILE defaults to the installation's var/policy/policy.yaml.

Exit codes: 0 the policy is good, 1 it has mistakes, 2 wrong usage.`;

export async function policyCheck(args: string[]): Promise<number> {
  const asked = readFileArgs(args, help);
  if ("exitCode" in asked) return asked.exitCode;
  const { file, json } = asked;
  const loaded = await loadOrComplain(file, json);
  if (!loaded) return exitCodes.no;
  const { policy, warnings } = loaded;
  const entries = policy.lists.reduce((sum, list) => sum + sizeOf(list), 0);
  const expired = expiredOf(policy, Date.now());
  const { version, rules, lists, guards, tests } = policy;
  if (json) {
    print(
      JSON.stringify({
        ok: true,
        file,
        version,
        rules: rules.length,
        lists: lists.length,
        entries,
        tests: tests.length,
        permitIp: guards.permitIp,
        problems: [],
        warnings,
        expired,
      }),
    );
    return exitCodes.ok;
  }
  print(`${file}: 問題ありません / no problems`);
  print(
    `規則 / rules ${rules.length}, リスト / lists ${lists.length} (${entries} 件), テスト / tests ${tests.length}, version ${version.slice(0, 12)}`,
  );
  for (const warning of warnings) print(`注意 / WARNING: ${formatProblem(warning)}`);
  for (const { kind, id, count } of expired)
    print(
      `注意 / WARNING: 期限切れで働いていません / expired and without effect: ${kind} ${id}${kind === "entries" ? ` (${count})` : ""}`,
    );
  if (guards.permitIp.length > 0) {
    print(
      `注意 / WARNING: guards.permit_ip が ${guards.permitIp.join(", ")} を開いています。試験用の網だけで使ってください。 / opens these ranges; for test networks only.`,
    );
  }
  return exitCodes.ok;
}

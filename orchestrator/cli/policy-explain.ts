/** `hanare policy explain URL`: what would happen to a request, by which rule, and why not by the others. */
import { isIP } from "node:net";
import type { CompiledPolicy } from "../../policies/compiled.ts";
import { type Explanation, explain } from "../../policies/explain.ts";
import { preparePolicy, type TraceStep } from "../../policies/match.ts";
import {
  complain,
  exitCodes,
  loadOrComplain,
  mainFileOf,
  policyFileOf,
  print,
  readArgs,
} from "./policy-args.ts";

const help = `hanare policy explain URL [FILE|DIR] [options]
       hanare policy explain --url URL [FILE|DIR] [options]

Says what the policy does with URL (or host:port, as in a CONNECT), by which rule and list entry, and
why each earlier rule was passed over. Resolves nothing: say with --resolves where the name leads.
FILE defaults to the installation's var/policy/policy.yaml.

  --plane isolated|terminal   default isolated
  --user NAME                 default "test"
  --group NAME                may be given several times
  --terminal ADDRESS          where the person sits, for rules and groups of terminals
  --at TIME                   e.g. 2026-04-01T09:00:00+09:00; default now
  --resolves ADDRESS          may be given several times
  --json

Exit codes: 0 explained (whatever the verdict), 2 wrong usage, 3 the policy has mistakes.`;

const options = {
  url: { type: "string" },
  plane: { type: "string", default: "isolated" },
  user: { type: "string", default: "test" },
  group: { type: "string", multiple: true, default: [] as string[] },
  terminal: { type: "string" },
  at: { type: "string" },
  resolves: { type: "string", multiple: true },
  json: { type: "boolean", default: false },
  data: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

export async function policyExplain(args: string[]): Promise<number> {
  const parsed = readArgs({ args, options, allowPositionals: true }, help);
  if (!parsed) return exitCodes.usage;
  const { values, positionals } = parsed;
  if (values.help) {
    print(help);
    return exitCodes.ok;
  }
  const [text, named, ...rest] =
    values.url === undefined ? positionals : [values.url, ...positionals];
  const file = named === undefined ? policyFileOf(values.data) : mainFileOf(named);
  const { plane, terminal } = values;
  const at = values.at === undefined ? Date.now() : Date.parse(values.at);
  if (
    text === undefined ||
    rest.length > 0 ||
    (plane !== "isolated" && plane !== "terminal") ||
    (terminal !== undefined && isIP(terminal) === 0) ||
    Number.isNaN(at)
  ) {
    complain(help);
    return exitCodes.usage;
  }
  const loaded = await loadOrComplain(file, values.json);
  if (!loaded) return exitCodes.unreadable;
  const { policy } = loaded;
  const explanation = explain(preparePolicy(policy, loaded.indexes), {
    plane,
    user: values.user,
    groups: values.group,
    target: { kind: text.includes("://") ? "url" : "connect", text },
    at,
    ...(terminal !== undefined && { terminal }),
    ...(values.resolves && { resolves: values.resolves }),
  });
  if (values.json) print(JSON.stringify({ file, policyVersion: policy.version, ...explanation }));
  else printExplanation(file, policy, explanation);
  return exitCodes.ok;
}

const verdicts = {
  allow: "許可 / allow",
  block: "遮断 / block",
  direct: "直接 / direct",
  isolate: "分離ブラウザで開く / isolate",
} as const;

function printExplanation(file: string, policy: CompiledPolicy, explanation: Explanation): void {
  const { decision, rule, reason, host, port, address, trace } = explanation;
  const own = policy.rules.find(({ id }) => id === rule);
  print(`結果 / verdict  ${verdicts[explanation.verdict]}`);
  print(
    `規則 / rule     ${rule}${own?.name === undefined ? "" : ` ${own.name}`}${own ? ` (${place(file, own.file, own.line)})` : ""}`,
  );
  print(`理由 / reason   ${reason}${address === undefined ? "" : ` (${address})`}`);
  if (host !== undefined) print(`接続先 / host   ${host} port ${port ?? ""}`);
  const hit = decision?.hit;
  if (hit)
    print(
      `項目 / entry    ${hit.entry} (${place(file, hit.file, hit.line)}${hit.list === undefined ? "" : `, list ${hit.list}`})`,
    );
  if (decision?.would !== undefined) print(`記録のみ / would ${decision.would}`);
  if (decision?.message !== undefined) print(`表示文 / message ${decision.message}`);
  const passed = trace.filter(({ outcome }) => outcome !== "matched");
  if (passed.length > 0) print("\n見送った規則 / passed over");
  for (const step of passed)
    print(
      `  ${step.rule} ${step.ruleName ?? ""} (${place(file, step.file, step.line)}): ${whyPassed[step.outcome]}`,
    );
}

function place(file: string, listFile: string | undefined, line: number): string {
  return `${listFile ?? file}:${line}`;
}

const whyPassed: Readonly<Record<TraceStep["outcome"], string>> = {
  matched: "一致 / matched",
  plane: "面 (端末・分離) が異なる / other plane",
  terminal: "端末が異なる / other terminals",
  path: "パスが異なるか見えない / other path, or none visible",
  group: "利用者のグループが異なる / not in its groups",
  expired: "期限切れ / expired",
  time: "時間帯の外 / outside its hours",
  port: "ポートが異なる / other port",
  host: "ホストが一致しない / host not in its lists",
  "report-only": "mode: report のため記録だけ / matched, but mode: report",
};

/** `hanare policy publish DIR`: tries the policy in a folder and, with --yes, puts it in force. */
import { resolve } from "node:path";
import type { OutcomeView } from "../http/policy-views.ts";
import { commonOptions, onlyArgument, runCommand, UsageError } from "./command.ts";
import { complain, print } from "./policy-args.ts";
import {
  connect,
  currentVersion,
  printOutcome,
  printTrial,
  publishExits,
  tryOut,
} from "./policy-server.ts";

const help = `hanare policy publish DIR [--yes --note TEXT] [--hours N] [--json] [--data DIR]

Tries the policy.yaml in DIR and its lists: mistakes, its own tests, lint, what opens and closes, and what
would have changed over the decisions of the last N hours (default 24, 0 for none). With --yes it is then
put in force and kept as a version. Needs a running Hanare.

Exit codes: 0 good or published, 1 failed, 2 wrong usage, 4 refused (mistakes or failed tests),
5 another change came first (yours is kept in the history).
`;
const options = {
  ...commonOptions,
  yes: { type: "boolean", default: false },
  note: { type: "string" },
  hours: { type: "string", default: "24" },
  json: { type: "boolean", default: false },
} as const;

export function policyPublish(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    const folder = resolve(onlyArgument(positionals, "folder"));
    const hours = Number(values.hours);
    if (!(hours >= 0)) throw new UsageError("--hours is a number, such as 24.");
    const { yes, note, json } = values;
    if (yes && note === undefined) throw new UsageError("Say why with --note TEXT.");
    const ask = await connect(values.data);
    const base = await currentVersion(ask);
    const source = { kind: "folder" as const, folder };
    const trial = await tryOut(ask, source, base, hours);
    if (!trial) return publishExits.failed;
    if (!yes || !trial.ok) {
      if (json) print(JSON.stringify({ published: false, trial }));
      else printTrial(trial);
      if (!yes && !json) complain("\n公開するには / to publish: --yes --note TEXT");
      return trial.ok ? publishExits.done : publishExits.refused;
    }
    if (!json) printTrial(trial);
    const body = { source, base, note };
    const answer = await ask<OutcomeView>("POST", "/api/admin/policy/publish", body);
    if (!json) return printOutcome(answer);
    print(JSON.stringify(answer));
    return exitOf(answer);
  });
}

export function exitOf(answer: OutcomeView | { readonly code: string }): number {
  if ("code" in answer) return publishExits.failed;
  if (answer.outcome === "refused") return publishExits.refused;
  return answer.outcome === "conflict" ? publishExits.conflict : publishExits.done;
}

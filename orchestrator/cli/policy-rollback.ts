/** `hanare policy rollback N`: an earlier version comes into force again, as a new version. */
import type { OutcomeView } from "../http/policy-views.ts";
import { commonOptions, onlyArgument, runCommand, UsageError } from "./command.ts";
import { print } from "./policy-args.ts";
import { exitOf } from "./policy-publish.ts";
import { connect, currentVersion, printOutcome } from "./policy-server.ts";

const help = `hanare policy rollback NUMBER --note TEXT [--json] [--data DIR]

Puts the files of version NUMBER in force again, as a new version; nothing of the history is lost. Needs a
running Hanare. See "hanare policy history" and "hanare policy diff current NUMBER" first.

Exit codes: 0 done, 1 failed, 2 wrong usage, 4 refused (its own tests fail today), 5 another change came
first.
`;
const options = {
  ...commonOptions,
  note: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export function policyRollback(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    const to = Number(onlyArgument(positionals, "version"));
    if (!Number.isSafeInteger(to) || to < 1)
      throw new UsageError("Name the version by its number.");
    if (values.note === undefined) throw new UsageError("Say why with --note TEXT.");
    const ask = await connect(values.data);
    const body = { to, base: await currentVersion(ask), note: values.note };
    const answer = await ask<OutcomeView>("POST", "/api/admin/policy/rollback", body);
    if (!values.json) return printOutcome(answer);
    print(JSON.stringify(answer));
    return exitOf(answer);
  });
}

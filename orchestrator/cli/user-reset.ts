/** `hanare user reset`: a new one-time password; every sign-in of the person ends. */
import { AppError } from "../base/errors.ts";
import { normaliseName } from "../identity/names.ts";
import {
  commonOptions,
  exitCodes,
  installationFiles,
  onlyArgument,
  printJson,
  runCommand,
} from "./command.ts";
import { openLocalIdentity } from "./local-identity.ts";

const help = `hanare user reset NAME

Prints a new one-time password for a local account. The old password and every
sign-in of the person end at once, also in a running server; a browser session
that is open ends when its viewer reconnects, or with: hanare sessions close.

  --data DIR  data directory of the installation (default: var)
  --json      {"user":{...},"oneTimePassword":"..."}

Exit codes: 0 reset, 1 failed (for example: no such user), 2 wrong usage.
`;

const spec = {
  help,
  options: { ...commonOptions, json: { type: "boolean", default: false } },
} as const;

export function userReset(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    const name = normaliseName(onlyArgument(positionals, "user name"));
    using local = openLocalIdentity(installationFiles(values.data));
    const found = local.identity.list().find((user) => user.name === name);
    if (!found) throw new AppError("NOT_FOUND", { user: name });
    const { user, oneTimePassword } = await local.identity.reset(found.id);
    local.audit.write({
      action: "user-reset",
      outcome: "success",
      terminal: "local",
      target: user.name,
      reason: "command-line",
    });
    if (values.json) printJson({ user, oneTimePassword });
    else process.stdout.write(`${user.name}  one-time password: ${oneTimePassword}\n`);
    return exitCodes.done;
  });
}

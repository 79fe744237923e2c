/** `hanare user list`: the local accounts. */
import {
  commonOptions,
  exitCodes,
  installationFiles,
  noArguments,
  printJson,
  runCommand,
} from "./command.ts";
import { openLocalIdentity } from "./local-identity.ts";

const help = `hanare user list

Lists the local accounts: name, display name, roles, last sign-in.

  --data DIR  data directory of the installation (default: var)
  --json      {"users":[...]}

Exit codes: 0 listed, 1 failed, 2 wrong usage.
`;

const spec = {
  help,
  options: { ...commonOptions, json: { type: "boolean", default: false } },
} as const;

export function userList(args: string[]): Promise<number> {
  return runCommand(spec, args, ({ values, positionals }) => {
    noArguments(positionals);
    using local = openLocalIdentity(installationFiles(values.data));
    const users = local.identity.list();
    if (values.json) printJson({ users });
    else
      for (const user of users) {
        const pending = user.mustChangePassword ? "  (one-time password not changed yet)" : "";
        const last = user.lastSignInAt ?? "never signed in";
        process.stdout.write(
          `${user.name}  ${user.displayName}  [${user.roles.join(" ")}]  ${last}${pending}\n`,
        );
      }
    return Promise.resolve(exitCodes.done);
  });
}

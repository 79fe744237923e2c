/** `hanare user add`: makes a local account and prints its one-time password. */
import { newUser } from "../http/contract.ts";
import { normaliseName } from "../identity/names.ts";
import { roles } from "../identity/types.ts";
import {
  commonOptions,
  exitCodes,
  installationFiles,
  onlyArgument,
  printJson,
  runCommand,
  UsageError,
} from "./command.ts";
import { openLocalIdentity } from "./local-identity.ts";

const help = `hanare user add NAME [--display-name TEXT] [--role ROLE]... [--group GROUP]...

Makes a local account and prints a one-time password, which the person must
change at the first sign-in. It is shown this once.

  --display-name TEXT  name shown in the pages (default: NAME)
  --role ROLE          ${roles.join(", ")}
                       (repeatable; default: user)
  --group GROUP        group for policy rules (repeatable)
  --data DIR           data directory of the installation (default: var)
  --json               {"user":{...},"oneTimePassword":"..."}

Exit codes: 0 made, 1 failed (for example: the name is taken), 2 wrong usage.
`;

const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    "display-name": { type: "string" },
    role: { type: "string", multiple: true },
    group: { type: "string", multiple: true },
  },
} as const;

export function userAdd(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    const name = normaliseName(onlyArgument(positionals, "user name"));
    const wanted = newUser.safeParse({
      name,
      displayName: values["display-name"] ?? name,
      roles: values.role ?? ["user"],
      groups: values.group ?? [],
    });
    if (!wanted.success) throw new UsageError(usageOf(wanted.error.issues[0]?.path[0]));
    using local = openLocalIdentity(installationFiles(values.data));
    const { user, oneTimePassword } = await local.identity.create(wanted.data);
    local.audit.write({
      action: "user-create",
      outcome: "success",
      terminal: "local",
      target: user.name,
      reason: "command-line",
      details: { roles: user.roles.join(" "), groups: user.groups.join(" ") },
    });
    if (values.json) printJson({ user, oneTimePassword });
    else process.stdout.write(`${user.name}  one-time password: ${oneTimePassword}\n`);
    return exitCodes.done;
  });
}

function usageOf(field: PropertyKey | undefined): string {
  switch (String(field)) {
    case "name":
      return "A user name has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit.";
    case "roles":
      return `Roles are: ${roles.join(", ")}.`;
    case "displayName":
      return "A display name has 1 to 128 characters.";
    default:
      return "A group has 1 to 64 characters; a user has at most 64 groups.";
  }
}

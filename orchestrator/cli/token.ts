/** `hanare token list|add|revoke`: tokens of other systems, beside a running server or without one. */
import { apiScopes } from "../identity/types.ts";
import { newToken } from "../http/token-contract.ts";
import { toToken } from "../http/token-views.ts";
import {
  commonOptions,
  exitCodes,
  installationFiles,
  noArguments,
  onlyArgument,
  printJson,
  runCommand,
  UsageError,
} from "./command.ts";
import { openLocalIdentity } from "./local-identity.ts";

const help = `hanare token list
hanare token add NAME --scope SCOPE... [--days N]
hanare token revoke ID

Tokens with which other systems use the API (docs/api.md). A new one is shown
this once.

  --scope SCOPE  what it opens (repeatable):
                 ${apiScopes.slice(0, 7).join(", ")},
                 ${apiScopes.slice(7).join(", ")}
  --days N       how long it is good (default: 365, at most 730)
  --data DIR     data directory of the installation (default: var)
  --json         {"tokens":[...]} or {"token":{...},"secret":"..."}

Exit codes: 0 done, 1 failed (for example: no such token), 2 wrong usage.
`;

const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    scope: { type: "string", multiple: true },
    days: { type: "string" },
  },
} as const;

const by = "local root";
const dayMs = 24 * 3_600_000;

export function tokenList(args: string[]): Promise<number> {
  return runCommand(spec, args, ({ values, positionals }) => {
    noArguments(positionals);
    using local = openLocalIdentity(installationFiles(values.data));
    const tokens = local.identity.tokens.list().map((token) => toToken(token, Date.now()));
    if (values.json) printJson({ tokens });
    else
      for (const { id, name, state, scopes, expiresAt, usedAt } of tokens)
        process.stdout.write(
          `${id}  ${name}  ${state}  [${scopes.join(" ")}]  until ${expiresAt}  ${usedAt === null ? "never used" : `used ${usedAt}`}\n`,
        );
    return Promise.resolve(exitCodes.done);
  });
}

export function tokenAdd(args: string[]): Promise<number> {
  return runCommand(spec, args, ({ values, positionals }) => {
    const wanted = newToken.safeParse({
      name: onlyArgument(positionals, "system"),
      scopes: values.scope ?? [],
      days: Number(values.days ?? 365),
    });
    if (!wanted.success) throw new UsageError(usageOf(wanted.error.issues[0]?.path[0]));
    const { name, scopes, days } = wanted.data;
    using local = openLocalIdentity(installationFiles(values.data));
    const expiresAt = Date.now() + days * dayMs;
    const { token, secret } = local.identity.tokens.create({ name, scopes, expiresAt }, by);
    local.audit.write({
      action: "token-create",
      outcome: "success",
      ...{ terminal: "local", target: name, reason: "command-line" },
      details: {
        token: token.id,
        scopes: scopes.join(" "),
        expires: new Date(expiresAt).toISOString(),
      },
    });
    if (values.json) printJson({ token: toToken(token, Date.now()), secret });
    else process.stdout.write(`${token.id}  ${secret}\n`);
    return Promise.resolve(exitCodes.done);
  });
}

export function tokenRevoke(args: string[]): Promise<number> {
  return runCommand(spec, args, ({ values, positionals }) => {
    const id = onlyArgument(positionals, "token id");
    using local = openLocalIdentity(installationFiles(values.data));
    const token = local.identity.tokens.revoke(id, by);
    local.audit.write({
      action: "token-revoke",
      outcome: "success",
      ...{ terminal: "local", target: token.name, reason: "command-line" },
      details: { token: id },
    });
    if (values.json) printJson({ token: toToken(token, Date.now()) });
    else process.stdout.write(`${id}  ${token.name}  revoked\n`);
    return Promise.resolve(exitCodes.done);
  });
}

function usageOf(field: PropertyKey | undefined): string {
  switch (String(field)) {
    case "name":
      return "A name has 1 to 64 of a-z 0-9 . _ - and begins with a letter or digit.";
    case "days":
      return "--days is 1 to 730.";
    default:
      return `Name at least one scope with --scope: ${apiScopes.join(", ")}.`;
  }
}

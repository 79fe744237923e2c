/** `hanare policy history`: the versions of the policy, whether or not Hanare runs. */
import { commonOptions, noArguments, runCommand } from "./command.ts";
import { exitCodes, print } from "./policy-args.ts";
import { withKept } from "./policy-versions.ts";

const help = `hanare policy history [--json] [--data DIR]

Lists the newest 50 versions of the policy: number, when, from where (start, disk: edited by hand, edit,
publish, rollback, set-aside: never in force, kept because another change came first), who and why.

Exit codes: 0 done, 1 failed, 2 wrong usage.
`;
const options = { ...commonOptions, json: { type: "boolean", default: false } } as const;

export function policyHistory(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    noArguments(positionals);
    return withKept(values.data, ({ versions }) => {
      const current = versions.current()?.number ?? null;
      const list = versions.list(50);
      if (values.json) {
        const rows = list.map(({ tree, atMs, author, ...rest }) => ({
          ...rest,
          at: new Date(atMs).toISOString(),
          author: author.name,
          tree: tree.id,
        }));
        print(JSON.stringify({ current, versions: rows }));
      } else {
        for (const { number, atMs, source, author, note } of list)
          print(
            `${number === current ? "*" : " "} ${String(number).padStart(4)}  ${new Date(atMs).toISOString()}  ${source.padEnd(9)}  ${(author.name || "-").padEnd(12)}  ${note}`,
          );
        print("* 有効な版 / in force");
      }
      return Promise.resolve(exitCodes.ok);
    });
  });
}

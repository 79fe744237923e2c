/** `hanare policy status`: what is in force, what is wrong, what is past its day, how the feeds are. */
import type { FeedView, PolicyStatus } from "../http/overview-contract.ts";
import { commonOptions, noArguments, runCommand } from "./command.ts";
import { exitCodes, print } from "./policy-args.ts";
import { connect } from "./policy-server.ts";

const help = `hanare policy status [--json] [--data DIR]

Says which policy is in force, what is wrong with a newer file, which rules and entries are past their day,
and how each feed (a list that is fetched from outside) is: taken, held for somebody to look at, refused,
unreachable; when it was last confirmed and when it is fetched next. Needs a running Hanare.

Exit codes: 0 all is well, 1 something should be looked at, 2 wrong usage or Hanare is not running.
`;
const options = { ...commonOptions, json: { type: "boolean", default: false } } as const;

export function policyStatus(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const ask = await connect(values.data);
    const status = await ask<PolicyStatus>("GET", "/api/admin/policy");
    if (values.json) print(JSON.stringify(status));
    else printStatus(status);
    const { problems, expired, feeds } = status;
    const isWell = problems.length + expired.length === 0 && feeds.every(isFine);
    return isWell ? exitCodes.ok : exitCodes.no;
  });
}

const isFine = ({ outcome, failures, held, isOld }: FeedView): boolean =>
  outcome !== "waiting" && failures === 0 && held === null && !isOld;

function printStatus({
  version,
  loadedAt,
  file,
  rules,
  lists,
  problems,
  expired,
  feeds,
}: PolicyStatus) {
  print(`${file}: version ${version.slice(0, 12)}, ${loadedAt}`);
  print(`規則 / rules ${rules.length}, リスト / lists ${lists.length}`);
  for (const problem of problems)
    print(`誤り / PROBLEM ${problem.file}:${problem.line}:${problem.column}: ${problem.message}`);
  for (const { kind, id, count } of expired)
    print(`期限切れ / EXPIRED ${kind} ${id}${count > 1 ? ` (${count})` : ""}`);
  for (const feed of feeds) printFeed(feed);
}

const ageOf = ({ isOld, isDropped }: FeedView): string =>
  isDropped ? " 古いため不使用 / TOO OLD, NOT USED" : isOld ? " 古い / OLD" : "";

export function printFeed(feed: FeedView): void {
  const { name, url, lists, outcome, ja, en, goodAt, nextAt, held } = feed;
  print(`フィード / feed ${name} [${outcome}]${ageOf(feed)} → ${lists.join(", ")}`);
  print(`  ${url}`);
  print(`  ${ja} / ${en}`);
  print(`  最後の確認 / last confirmed ${goodAt ?? "-"}, 次回 / next ${nextAt ?? "-"}`);
  if (held)
    print(
      `  保留中 / held: ${held.entries} 件 (+${held.added} −${held.removed}) → hanare policy feed ${name} --accept`,
    );
}

/** `hanare policy feed NAME`: fetches a feed now, or puts the copy in force that was held. */
import type { FeedView } from "../http/overview-contract.ts";
import { commonOptions, onlyArgument, runCommand } from "./command.ts";
import { exitCodes, print } from "./policy-args.ts";
import { connect } from "./policy-server.ts";
import { printFeed } from "./policy-status.ts";

const help = `hanare policy feed NAME [--accept] [--json] [--data DIR]

Fetches the feed NAME now, whatever its schedule says. With --accept the copy that was held, because it
changes too much, is put in force exactly as it was fetched; it lies in feeds/NAME.held.txt of the data
directory until then. Needs a running Hanare.

Exit codes: 0 taken or unchanged, 1 held, refused, unreachable or failed, 2 wrong usage.
`;
const options = {
  ...commonOptions,
  accept: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

export function policyFeed(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    const name = onlyArgument(positionals, "feed");
    const ask = await connect(values.data);
    const path = `/api/admin/policy/feeds/${encodeURIComponent(name)}`;
    const feed = await ask<FeedView>("POST", path, { act: values.accept ? "accept" : "look" });
    if (values.json) print(JSON.stringify(feed));
    else printFeed(feed);
    return feed.outcome === "taken" || feed.outcome === "unchanged" ? exitCodes.ok : exitCodes.no;
  });
}

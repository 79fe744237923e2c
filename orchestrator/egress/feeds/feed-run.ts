/**
 * One look at one feed: a door, a process that fetches through it, and the file that it filled. Nothing
 * that the internet sent is parsed here: bytes lie in a file, and a short account was checked.
 */
import { chown, mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CompiledFeed, CompiledPolicy } from "../../../policies/compiled.ts";
import type { Validators } from "../../../policies/feeds/refresh.ts";
import { maxListBytes } from "../../../policies/schema.ts";
import { type FromFetcher, fromFetcher, type Looked } from "../../../proxy/feeds/ipc.ts";
import { deadline, waitFor } from "../../base/deadline.ts";
import { AppError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { HelperProcess } from "../helper-process.ts";
import type { ParentSecrets } from "../parent-secrets.ts";
import { openFeedDoor } from "./feed-door.ts";

const entry = join(import.meta.dirname, "..", "..", "..", "proxy", "feeds", "main.ts");
const startMs = 15_000;
/** Longer than the process itself waits for a server. */
const lookMs = 8 * 60_000;
/** A list of two hundred megabytes needs about this much; what needs more is no list. */
const heapMb = 3072;

export interface FeedRunParts {
  readonly log: Log;
  readonly uid: number | undefined;
  readonly dnsServers: readonly string[];
  /** Short: sockets lie below it. */
  readonly runFolder: string;
}

export interface FeedRequest {
  readonly feed: CompiledFeed;
  readonly policy: CompiledPolicy;
  readonly secrets: ParentSecrets;
  readonly known: Validators;
  /** The last good copy; /dev/null stands for none. */
  readonly former: string | undefined;
  /** Filled when the outcome is "taken" or "held". */
  readonly copy: string;
}

/** Throws when the machinery fails; what is wrong with the feed is in the account. */
export async function runFeed(
  parts: FeedRunParts,
  request: FeedRequest,
  stopping: AbortSignal,
): Promise<Looked> {
  const { log, uid, dnsServers, runFolder } = parts;
  const { feed, policy, secrets, known, former, copy } = request;
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(runFolder, "feed-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  if (uid !== undefined && process.getuid?.() === 0) await chown(folder, uid, uid);
  const socketPath = join(folder, "door.sock");
  const { name, host, port, via } = feed;
  const target = { name, hosts: [host], ports: [port], via };
  const start = deadline(startMs, "feed start", stopping);
  const door = stack.use(
    await openFeedDoor({ log, uid, dnsServers, policy, secrets, target, socketPath }, start),
  );
  const formerFile = stack.use(await open(former ?? "/dev/null", "r"));
  const copyFile = stack.use(await open(copy, "wx", 0o600));
  const ready = Promise.withResolvers<undefined>();
  const looked = Promise.withResolvers<Looked>();
  for (const each of [ready.promise, looked.promise]) each.catch(() => undefined);
  const fetcher = new HelperProcess<FromFetcher>({
    name: "feed",
    entry,
    args: uid === undefined ? [] : ["--uid", String(uid)],
    nodeArgs: [`--max-old-space-size=${heapMb}`],
    files: [formerFile.fd, copyFile.fd],
    log,
    messages: fromFetcher,
    onMessage: (message) => {
      if (message.type === "ready") ready.resolve(undefined);
      else looked.resolve(message);
    },
  });
  stack.defer(() => fetcher.stop());
  void fetcher.ended.then(() => {
    const gone = new AppError("INTERNAL", { reason: "the feed's process ended" });
    ready.reject(gone);
    looked.reject(gone);
  });
  await waitFor(ready.promise, start);
  const { url, formats, categories, maxBytes, maxChangePercent, ca } = feed;
  fetcher.send({
    ...{ type: "look", name, url, formats, categories, maxBytes, maxChangePercent, ca },
    ...{ socketPath, hasFormer: former !== undefined },
    ...{ etag: known.etag, lastModified: known.lastModified },
  });
  const account = await waitFor(looked.promise, deadline(lookMs, "feed", stopping));
  const { size } = await copyFile.stat();
  if (size > maxListBytes)
    throw new AppError("INTERNAL", { reason: "the feed's copy is too large" });
  await copyFile.sync();
  if (account.kind !== "unreachable") return account;
  await fetcher.stop();
  const refusal = await door.refusal();
  if (refusal === undefined) return account;
  return {
    ...account,
    ja: `${account.ja} (${refusal})`.slice(0, 2000),
    en: `${account.en} (${refusal})`.slice(0, 2000),
  };
}

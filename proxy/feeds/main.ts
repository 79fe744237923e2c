/**
 * Fetches one feed and reads it: whatever the internet sent is parsed here, in a process of its own that
 * has no rights, no files but two descriptors that it was given, and no way out but the egress proxy's
 * door. What it hands back is a list file of our own and a short account. Ends with its channel.
 *
 *   node proxy/feeds/main.ts [--uid N]
 */
import { randomUUID } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { deadline } from "../../orchestrator/base/deadline.ts";
import { type FetchThrough, lookAtFeed } from "../../policies/feeds/refresh.ts";
import { dropPrivileges } from "../drop-privileges.ts";
import { fetchThrough } from "./fetch-through.ts";
import { copyFd, formerFd, type FromFetcher, toFetcher } from "./ipc.ts";

const fetchMs = 5 * 60_000;

const { values } = parseArgs({ options: { uid: { type: "string" } } });
dropPrivileges(values.uid);

process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
process.on("message", (untrusted: unknown) => void look(untrusted));
send({ type: "ready" });

function send(message: FromFetcher): void {
  if (process.connected) process.send?.(message, () => undefined);
}

async function look(untrusted: unknown): Promise<void> {
  const { hasFormer, socketPath, ca, etag, lastModified, categories, ...rest } =
    toFetcher.parse(untrusted);
  const feed = { ...rest, ...(categories && { categories }) };
  const former = hasFormer ? readFileSync(formerFd, "utf8") : undefined;
  const known = { etag, lastModified };
  const way = fetchThrough({ socketPath, ca });
  // Microsoft's service asks every caller for a random id.
  const asM365 = feed.formats.includes("m365-json");
  const through: FetchThrough = (url, ...more) => way(asM365 ? withRandomId(url) : url, ...more);
  const { text, ...account } = await lookAtFeed(
    feed,
    former,
    known,
    through,
    deadline(fetchMs, "feed"),
  );
  if (text !== undefined) writeWhole(Buffer.from(text));
  send({
    type: "looked",
    ...account,
    ja: account.ja.slice(0, 2000),
    en: account.en.slice(0, 2000),
  });
}

function withRandomId(address: string): string {
  const url = new URL(address);
  url.searchParams.set("clientrequestid", randomUUID());
  return url.href;
}

function writeWhole(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(copyFd, bytes, at);
}

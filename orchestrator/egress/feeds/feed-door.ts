/**
 * An egress proxy of its own for feeds: the same process, guards, name servers and parent proxies as the
 * sessions', with one rule that lets through the host of one feed and nothing else. It lives for one look.
 */
import { createHash } from "node:crypto";
import type { CompiledFeed, CompiledPolicy } from "../../../policies/compiled.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import { waitFor } from "../../base/deadline.ts";
import { newSessionId } from "../../base/ids.ts";
import type { Log } from "../../base/log.ts";
import type { ParentSecrets } from "../parent-secrets.ts";
import { ProxyProcess } from "../proxy-process.ts";

export interface FeedDoorOptions {
  readonly log: Log;
  readonly uid: number | undefined;
  readonly dnsServers: readonly string[];
  readonly policy: CompiledPolicy;
  readonly secrets: ParentSecrets;
  readonly feed: CompiledFeed;
  readonly socketPath: string;
}

export interface FeedDoor extends AsyncDisposable {
  /** Why the proxy refused, once it did. */
  refusal(): string | undefined;
}

export async function openFeedDoor(
  options: FeedDoorOptions,
  signal: AbortSignal,
): Promise<FeedDoor> {
  const { log, uid, dnsServers, secrets, socketPath } = options;
  let last: DecisionRecord | undefined;
  const proxy = new ProxyProcess({
    ...{ log, uid },
    onDecision: (decision) => {
      last = decision;
      log.info({ event: "feed-traffic", outcome: decision.verdict, ...decision });
    },
  });
  try {
    await waitFor(proxy.ready, signal);
    const policy = feedPolicy(options.policy, options.feed);
    const parentSecrets = { ...secrets };
    await waitFor(
      proxy.configure({
        ...{ type: "configure", policy, parentSecrets, internalOrigins: [] },
        dnsServers: [...dnsServers],
      }),
      signal,
    );
    const id = newSessionId();
    await waitFor(proxy.openSession(id, socketPath), signal);
    await waitFor(proxy.claimSession(id, "feeds", []), signal);
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  return {
    refusal: () => (last?.verdict === "block" ? `${last.rule} ${last.reason}` : undefined),
    [Symbol.asyncDispose]: () => proxy.stop(),
  };
}

/** The guards of the policy in force, and one rule. */
export function feedPolicy(policy: CompiledPolicy, feed: CompiledFeed): CompiledPolicy {
  const { guards, parents } = policy;
  const content: Omit<CompiledPolicy, "version"> = {
    name: `feed ${feed.name}`,
    mode: "enforce",
    defaults: { isolated: "block", terminal: "block" },
    groups: [],
    terminalGroups: [],
    guards,
    parents,
    lists: [],
    rules: [
      {
        id: "feed",
        line: 1,
        planes: ["isolated"],
        to: { kind: "hosts", entries: [feed.host], lines: [1], lists: [] },
        ports: [feed.port],
        action: "allow",
        mode: "enforce",
        ...(feed.via !== undefined && { via: feed.via }),
      },
    ],
    tests: [],
  };
  const version = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return { version, ...content };
}

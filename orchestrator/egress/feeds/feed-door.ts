/**
 * An egress proxy of its own for what Hanare itself fetches: the same process, guards, name servers and parent
 * proxies as the sessions', with one rule that lets through the hosts of one feed and nothing else. It lives for one
 * look.
 */
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { CompiledPolicy } from "../../../policies/compiled.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import { waitFor } from "../../base/deadline.ts";
import { newSessionId } from "../../base/ids.ts";
import type { Log } from "../../base/log.ts";
import type { ParentSecrets } from "../parent-secrets.ts";
import { ProxyProcess } from "../proxy-process.ts";

/** Where the door leads. */
export interface FeedTarget {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  /** A parent proxy of the policy. */
  readonly via?: string | undefined;
}

export interface FeedDoorOptions {
  readonly log: Log;
  readonly uid: number | undefined;
  readonly dnsServers: readonly string[];
  readonly policy: CompiledPolicy;
  readonly secrets: ParentSecrets;
  readonly target: FeedTarget;
  readonly socketPath: string;
}

export interface FeedDoor extends AsyncDisposable {
  /** Why the proxy refused. Its word comes on another way than its answer: it has a moment for it. */
  refusal(): Promise<string | undefined>;
}

const wordMs = 1_000;

export async function openFeedDoor(
  options: FeedDoorOptions,
  signal: AbortSignal,
): Promise<FeedDoor> {
  const { log, uid, dnsServers, secrets, socketPath } = options;
  let last: DecisionRecord | undefined;
  const decided = Promise.withResolvers<undefined>();
  const proxy = new ProxyProcess({
    ...{ log, uid },
    onDecision: (decision) => {
      last = decision;
      decided.resolve(undefined);
      log.info({ event: "feed-traffic", outcome: decision.verdict, ...decision });
    },
  });
  try {
    await waitFor(proxy.ready, signal);
    const policy = feedPolicy(options.policy, options.target);
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
    refusal: async () => {
      await Promise.race([decided.promise, wait(wordMs, undefined, { ref: false })]);
      return last?.verdict === "block" ? `${last.rule} ${last.reason}` : undefined;
    },
    [Symbol.asyncDispose]: () => proxy.stop(),
  };
}

/** The guards of the policy in force, and one rule. */
function feedPolicy(
  policy: CompiledPolicy,
  { name, hosts, ports, via }: FeedTarget,
): CompiledPolicy {
  const { guards, parents } = policy;
  const content: Omit<CompiledPolicy, "version"> = {
    name: `feed ${name}`,
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
        to: { kind: "hosts", entries: [...hosts], lines: hosts.map(() => 1), lists: [] },
        ports: [...ports],
        action: "allow",
        mode: "enforce",
        ...(via !== undefined && { via }),
      },
    ],
    tests: [],
  };
  const version = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  return { version, ...content };
}

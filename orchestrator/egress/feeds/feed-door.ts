/**
 * An egress proxy of its own for what Hanare itself fetches: the same process, guards, name servers and parent
 * proxies as the sessions', with one rule that lets through the hosts of one feed and nothing else. It lives for one
 * look.
 */
import { createHash } from "node:crypto";
import type { CompiledPolicy } from "../../../policies/compiled.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import { deadline, waitFor } from "../../base/deadline.ts";
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
  /** Closes the door; resolves with why the proxy refused, if it did. */
  refusal(): Promise<string | undefined>;
}

const closeMs = 5_000;

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
  const id = newSessionId();
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
    await waitFor(proxy.openSession(id, socketPath), signal);
    await waitFor(proxy.claimSession(id, "feeds", []), signal);
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  return {
    refusal: async () => {
      // A session that is closed has told everything. A proxy that does not answer is stopped soon, and told less.
      await waitFor(proxy.closeSession(id), deadline(closeMs, "feed door")).catch(() => undefined);
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

/**
 * All sessions of this proxy and the configuration in force. A new configuration replaces the old one in
 * a single assignment: requests under way keep what they began with, the next request sees the new one,
 * and no connection notices.
 */
import { makeAddressTable } from "../policies/guards/address-class.ts";
import { preparePolicy } from "../policies/match.ts";
import type { ProxyContext, Snapshot } from "./context.ts";
import type { DecisionRecord, ToProxy } from "./ipc.ts";
import { defaultLimits, type ProxyLimits } from "./limits.ts";
import { SessionListener } from "./listener.ts";
import { ResolverGuard } from "./resolver-guard.ts";

type Configure = Extract<ToProxy, { type: "configure" }>;

export interface SessionPlaneOptions {
  /** Random per process; ours in Via. */
  readonly instanceId: string;
  readonly send: (record: DecisionRecord) => void;
  readonly limits?: Partial<ProxyLimits>;
}

export class SessionPlane implements AsyncDisposable {
  readonly #context: ProxyContext;
  readonly #sessions = new Map<string, SessionListener>();
  #snapshot: Snapshot | undefined;
  #servers = "";

  constructor(options: SessionPlaneOptions) {
    this.#context = {
      plane: "isolated",
      snapshot: () => this.#snapshot,
      limits: { ...defaultLimits, ...options.limits },
      viaToken: options.instanceId,
      send: options.send,
    };
  }

  configure(message: Configure): void {
    const servers = JSON.stringify(message.dnsServers);
    const kept = servers === this.#servers ? this.#snapshot?.resolver : undefined;
    const next: Snapshot = {
      prepared: preparePolicy(message.policy),
      addresses: makeAddressTable(message.policy.guards),
      resolver: kept ?? new ResolverGuard(message.dnsServers, this.#context.limits.dnsMs),
      internalOrigins: new Map(
        message.internalOrigins.map(({ host, socketPath }) => [host, socketPath]),
      ),
    };
    this.#servers = servers;
    this.#snapshot = next;
  }

  /** Idempotent for the same path. Throws when the path cannot be listened on. */
  async open(sessionId: string, socketPath: string): Promise<void> {
    const known = this.#sessions.get(sessionId);
    if (known) {
      if (known.socketPath !== socketPath) throw new Error("session is open on another path");
      return;
    }
    const listener = new SessionListener(this.#context, sessionId, socketPath);
    this.#sessions.set(sessionId, listener);
    try {
      await listener.listen();
    } catch (error) {
      this.#sessions.delete(sessionId);
      throw error;
    }
  }

  /** Once and for good: a session never changes hands. Idempotent for the same person. */
  claim(sessionId: string, user: string, groups: readonly string[]): void {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new Error("no such session");
    const { person } = session.state;
    if (person && person.user !== user) throw new Error("session is claimed already");
    session.state.person = { user, groups: [...groups] };
  }

  async close(sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    await session?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.close(id)));
  }
}

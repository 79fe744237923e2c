/**
 * The configuration in force in one process. A new one replaces the old in a single assignment: requests
 * under way keep what they began with, the next request sees the new one, and no connection notices.
 */
import { makeAddressTable } from "../policies/guards/address-class.ts";
import { type ListIndexes, preparePolicy } from "../policies/match.ts";
import type { Snapshot } from "./context.ts";
import type { Configure } from "./ipc.ts";
import type { ResolverMetrics } from "./metrics.ts";
import { prepareParents } from "./parent/parents.ts";
import { ResolverGuard } from "./resolver-guard.ts";

export class Configuration {
  readonly #dnsMs: number;
  readonly #dnsMetrics: ResolverMetrics;
  #snapshot: Snapshot | undefined;
  #servers = "";

  constructor(limits: { readonly dnsMs: number }, dnsMetrics: ResolverMetrics) {
    this.#dnsMs = limits.dnsMs;
    this.#dnsMetrics = dnsMetrics;
  }

  /** Undefined until the first configuration. */
  snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  replace(message: Configure, lists: ListIndexes): void {
    const servers = JSON.stringify(message.dnsServers);
    const kept = servers === this.#servers ? this.#snapshot?.resolver : undefined;
    this.#snapshot = {
      prepared: preparePolicy(message.policy, lists),
      addresses: makeAddressTable(message.policy.guards),
      resolver: kept ?? new ResolverGuard(message.dnsServers, this.#dnsMs, this.#dnsMetrics),
      parents: prepareParents(message.policy.parents, message.parentSecrets ?? {}),
      internalOrigins: new Map(
        message.internalOrigins.map(({ host, socketPath }) => [host, socketPath]),
      ),
    };
    this.#servers = servers;
  }
}

/** What the parts of the session plane share: the configuration in force, a session, and the way out for records. */
import type { AddressTable } from "../policies/guards/address-class.ts";
import type { PreparedPolicy } from "../policies/match.ts";
import type { DecisionRecord } from "./ipc.ts";
import type { ProxyLimits, RateGate } from "./limits.ts";
import type { ResolverGuard } from "./resolver-guard.ts";

/** One configuration, complete and unchanging; a request keeps the one it began with. */
export interface Snapshot {
  readonly prepared: PreparedPolicy;
  readonly addresses: AddressTable;
  readonly resolver: ResolverGuard;
  /** Host → unix socket of what Hanare answers itself. */
  readonly internalOrigins: ReadonlyMap<string, string>;
}

export interface ProxyContext {
  /** Undefined until the first configuration: everything is refused. */
  readonly snapshot: () => Snapshot | undefined;
  readonly limits: ProxyLimits;
  /** Our token in Via; random per process, so that a request that comes back is known. */
  readonly viaToken: string;
  readonly send: (record: DecisionRecord) => void;
}

export interface SessionState {
  readonly id: string;
  /** Undefined until claimed. */
  person: { readonly user: string; readonly groups: readonly string[] } | undefined;
  readonly rate: RateGate;
  requests: number;
  tunnels: number;
}

export function newInstanceId(random: Buffer): string {
  return `hanare-${random.toString("hex")}`;
}

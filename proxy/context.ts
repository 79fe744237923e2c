/** What the parts of a plane share: the configuration in force, a client, and the way out for records. */
import type { Socket } from "node:net";
import type { Plane } from "../policies/compiled.ts";
import type { AddressTable } from "../policies/guards/address-class.ts";
import type { Host } from "../policies/guards/host-port.ts";
import type { PreparedPolicy } from "../policies/match.ts";
import type { ByteMeter } from "./byte-meter.ts";
import type { DecisionRecord } from "./ipc.ts";
import type { ProxyLimits, ProxyTotals, RateGate } from "./limits.ts";
import type { ProxyMetrics } from "./metrics.ts";
import type { OpenRecord } from "./decision.ts";
import type { Refusal } from "./refusal.ts";
import type { HttpTarget, RequestHead } from "./request-guard.ts";
import type { Parents } from "./parent/parents.ts";
import type { ResolverGuard } from "./resolver-guard.ts";

/** One configuration, complete and unchanging; a request keeps the one it began with. */
export interface Snapshot {
  readonly prepared: PreparedPolicy;
  readonly addresses: AddressTable;
  readonly resolver: ResolverGuard;
  readonly parents: Parents;
  /** Host → unix socket of what Hanare answers itself. */
  readonly internalOrigins: ReadonlyMap<string, string>;
}

export interface ProxyContext {
  /** The side of the policy that judges here. */
  readonly plane: Plane;
  /** Undefined until the first configuration: everything is refused. */
  readonly snapshot: () => Snapshot | undefined;
  readonly limits: ProxyLimits;
  readonly totals: ProxyTotals;
  readonly metrics: ProxyMetrics;
  /** Our token in Via; random per process, so that a request that comes back is known. */
  readonly viaToken: string;
  readonly send: (record: DecisionRecord) => void;
  /** Answers to verdicts of the policy that are more than the page on a refused request. */
  readonly answers?: RefusalAnswers;
}

export interface Answer {
  readonly status: number;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface RefusalAnswers {
  /** Pure; undefined leaves it to the page. */
  http?(
    head: RequestHead,
    target: HttpTarget,
    refusal: Refusal,
    client: SessionState,
  ): Answer | undefined;
  /** Owns the socket and the record when it returns a promise; undefined leaves both to the page. */
  connect?(refused: RefusedTunnel, client: SessionState): Promise<void> | undefined;
}

/** A CONNECT that the policy refused. Nothing was answered and nothing will be dialled. */
export interface RefusedTunnel {
  readonly socket: Socket;
  /** What the client sent behind its request. */
  readonly head: Buffer;
  readonly requestHead: RequestHead;
  readonly target: Host & { readonly port: number };
  readonly refusal: Refusal;
  readonly record: OpenRecord;
}

/** One client of a plane: a session, or a terminal. */
export interface SessionState {
  /** The session's id; on the terminal plane the terminal's address. */
  readonly id: string;
  /** Undefined until claimed. */
  person:
    | {
        readonly user: string;
        readonly groups: readonly string[];
        /** Address that ranges of terminals are compared with. */
        readonly terminal?: string;
      }
    | undefined;
  readonly rate: RateGate;
  readonly meter: ByteMeter;
  requests: number;
  tunnels: number;
}

export function newInstanceId(random: Buffer): string {
  return `hanare-${random.toString("hex")}`;
}

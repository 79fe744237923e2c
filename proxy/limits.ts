/**
 * Every bound of the session plane in one place. A session is one browser of one person: the numbers are
 * far above what Chromium does (64 connections to its proxy) and far below what hurts the host.
 */
import { z } from "zod";
import { TotalMeter } from "./byte-meter.ts";

export interface ProxyLimits {
  /** Connections that one session's socket holds at once. */
  readonly connections: number;
  /** All sessions together; far above what each may have, so that none can fill the room for the others. */
  readonly totalConnections: number;
  readonly tunnels: number;
  readonly totalTunnels: number;
  /** Requests under way, pipelined ones included. */
  readonly requests: number;
  /** Sustained requests per second and how many may come at once. */
  readonly requestsPerSecond: number;
  readonly requestBurst: number;
  /** Bytes in both directions, per second. Who is over it is read from more slowly, not refused. */
  readonly bytesPerSecond: number;
  readonly totalBytesPerSecond: number;
  /** Bytes in both directions over a session's life; beyond it nothing more is carried. */
  readonly bytes: number;
  readonly headerBytes: number;
  readonly headerFields: number;
  readonly headersMs: number;
  /** Whole request including its body: uploads over plain HTTP are slow, slow drips end elsewhere. */
  readonly requestMs: number;
  readonly clientHelloMs: number;
  readonly clientHelloBytes: number;
  readonly dialMs: number;
  /** A parent proxy's answer to a CONNECT: it may try several addresses of its own. */
  readonly parentMs: number;
  readonly dnsMs: number;
  /** No byte in either direction for this long ends a tunnel or a transfer. */
  readonly idleMs: number;
  /** How long the other direction may go on after one side has ended. */
  readonly lingerMs: number;
}

export const defaultLimits: ProxyLimits = {
  connections: 256,
  totalConnections: 16_384,
  tunnels: 200,
  totalTunnels: 12_000,
  requests: 512,
  requestsPerSecond: 300,
  requestBurst: 1500,
  bytesPerSecond: 50e6,
  totalBytesPerSecond: 1e9,
  bytes: 200e9,
  headerBytes: 16 * 1024,
  headerFields: 100,
  headersMs: 10_000,
  requestMs: 30 * 60_000,
  clientHelloMs: 10_000,
  clientHelloBytes: 16 * 1024,
  dialMs: 10_000,
  parentMs: 30_000,
  dnsMs: 3_000,
  idleMs: 5 * 60_000,
  lingerMs: 60_000,
};

/** What all clients of one process have open together. */
export class ProxyTotals {
  readonly meter: TotalMeter;
  connections = 0;
  tunnels = 0;

  constructor(limits: Pick<ProxyLimits, "totalBytesPerSecond">) {
    this.meter = new TotalMeter(limits.totalBytesPerSecond, performance.now());
  }
}

const count = z.number().min(1).max(Number.MAX_SAFE_INTEGER).optional();

/** What an installation may set otherwise; travels as JSON to the process. */
export const limitsWish = z.strictObject({
  connections: count,
  totalConnections: count,
  tunnels: count,
  totalTunnels: count,
  requests: count,
  requestsPerSecond: count,
  requestBurst: count,
  bytesPerSecond: count,
  totalBytesPerSecond: count,
  bytes: count,
  parentMs: count,
});
export type LimitsWish = z.infer<typeof limitsWish>;

/** @param json absent or an object of `limitsWish` */
export function limitsFrom(json: string | undefined, defaults: ProxyLimits): ProxyLimits {
  const wish = limitsWish.parse(JSON.parse(json ?? "{}"));
  return { ...defaults, ...wish } as ProxyLimits;
}

/** A token bucket. Refills by the clock it is given, so it needs no timer. */
export class RateGate {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  take(now: number): boolean {
    const gained = ((now - this.#at) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, gained));
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** True once a second: a flood must not become a flood of records. */
  mayReport(now: number): boolean {
    if (now - this.#reportedAt < 1000) return false;
    this.#reportedAt = now;
    return true;
  }
}

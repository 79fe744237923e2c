/**
 * The terminals that are connected right now, each by its address: how much it has open, how fast it asks.
 * One terminal cannot take the places of the others. A terminal that has gone is forgotten after a while,
 * so that closing and opening again does not start its rate anew.
 */
import { ByteMeter, type TotalMeter } from "../byte-meter.ts";
import type { SessionState } from "../context.ts";
import { RateGate } from "../limits.ts";
import type { ProxyLimits } from "../limits.ts";

export interface Terminal extends SessionState {
  connections: number;
  goneAt: number;
}

/** Where the other side is known by more than its address (`Negotiate`), that is asked for here. */
export function anonymousPerson(address: string): NonNullable<SessionState["person"]> {
  return { user: address, groups: [], terminal: address };
}

const forgetAfterMs = 60_000;

export class Terminals {
  readonly #limits: ProxyLimits;
  readonly #known = new Map<string, Terminal>();

  readonly #total: TotalMeter;

  constructor(limits: ProxyLimits, total: TotalMeter) {
    this.#limits = limits;
    this.#total = total;
  }

  /** The terminal with one connection more, or `full` when it has had its share. */
  enter(address: string, now: number): { readonly terminal: Terminal; readonly full: boolean } {
    const terminal = this.#known.get(address) ?? this.#meet(address, now);
    if (terminal.connections >= this.#limits.connections) return { terminal, full: true };
    terminal.connections += 1;
    return { terminal, full: false };
  }

  leave(terminal: Terminal, now: number): void {
    terminal.connections -= 1;
    terminal.goneAt = now;
  }

  get count(): number {
    return this.#known.size;
  }

  /** Open ones, of all terminals. */
  get requests(): number {
    return [...this.#known.values()].reduce((sum, { requests }) => sum + requests, 0);
  }

  #meet(address: string, now: number): Terminal {
    for (const [key, each] of this.#known) {
      if (each.connections === 0 && now - each.goneAt > forgetAfterMs) this.#known.delete(key);
    }
    const { requestsPerSecond, requestBurst } = this.#limits;
    const terminal: Terminal = {
      id: address,
      person: anonymousPerson(address),
      rate: new RateGate(requestsPerSecond, requestBurst, now),
      meter: new ByteMeter(this.#limits, this.#total),
      requests: 0,
      tunnels: 0,
      connections: 0,
      goneAt: now,
    };
    this.#known.set(address, terminal);
    return terminal;
  }
}

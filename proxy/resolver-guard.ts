/**
 * From a name to addresses that may be dialled. Owns resolution: c-ares on configured servers, both
 * families, a short cache. Always holds: every address was classified, one forbidden address refuses the
 * name, and what is handed back is addresses, never a name. It does not dial.
 */
import { promises as dns } from "node:dns";
import { isIP } from "node:net";
import { deadline, waitFor } from "../orchestrator/base/deadline.ts";
import { AppError } from "../orchestrator/base/errors.ts";
import { type AddressTable, classifyAddress } from "../policies/guards/address-class.ts";
import type { Waiting } from "./gone.ts";
import type { ResolverMetrics } from "./metrics.ts";
import { type Refusal, refuse } from "./refusal.ts";

export type ResolveResult =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Addresses, or why there are none. */
type Found = readonly string[] | string;

interface Answer {
  readonly addresses: readonly string[];
  readonly expiresAt: number;
}
/** A name that has no address, or whose server failed. */
interface Failure {
  readonly reason: string;
  readonly expiresAt: number;
}

/** Addresses that all passed, and what they were tested by. */
interface Passed {
  readonly table: AddressTable;
  readonly own: ReadonlySet<string>;
  readonly result: ResolveResult;
}

/** However long an answer claims to hold: a name that is moved away from us is noticed within a minute. */
const maxTtlSeconds = 60;
/** RFC 2308 lets a "no" be kept; here only so long that a page full of one dead name asks once. */
const negativeMs = 2_000;
const maxCached = 5_000;
/** Names of an attacker's making must not push good answers out, so failures have a room of their own. */
const maxFailures = 1_000;
const maxUnderWay = 500;
/** A name with more addresses than this is no ordinary name. */
const maxAddresses = 64;

export class ResolverGuard {
  readonly #resolver: dns.Resolver;
  readonly #timeoutMs: number;
  readonly #metrics: ResolverMetrics;
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer>();
  readonly #passed = new WeakMap<readonly string[], Passed>();
  readonly #failures = new Map<string, Failure>();
  readonly #underWay = new Map<string, Promise<Answer | Failure>>();

  /**
   * @param servers empty means the host's own
   * @param now milliseconds that only ever grow, so that a clock set back keeps no answer alive
   */
  constructor(
    servers: readonly string[],
    timeoutMs: number,
    metrics: ResolverMetrics,
    now = () => performance.now(),
  ) {
    this.#metrics = metrics;
    this.#timeoutMs = timeoutMs;
    this.#now = now;
    this.#resolver = new dns.Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 });
    if (servers.length > 0) this.#resolver.setServers([...servers]);
  }

  /** What is known already is answered at once, without a promise. */
  resolve(
    host: string,
    table: AddressTable,
    own: ReadonlySet<string>,
    waiting: Waiting,
  ): ResolveResult | Promise<ResolveResult> {
    const found = this.find(host, waiting);
    return found instanceof Promise
      ? found.then((late) => this.#judged(late, table, own))
      : this.#judged(found, table, own);
  }

  #judged(found: Found, table: AddressTable, own: ReadonlySet<string>): ResolveResult {
    if (typeof found !== "string") return this.#tested(found, table, own);
    const status = found === "dns-timeout" ? 504 : 502;
    return { ok: false, refusal: refuse("guard.dns", found, status) };
  }

  /** One forbidden address condemns the set: a name that points inside even once is not an outside name. */
  #tested(found: readonly string[], table: AddressTable, own: ReadonlySet<string>): ResolveResult {
    // The same answer, by the same table, beside the same interfaces: tested already.
    const known = this.#passed.get(found);
    if (known?.table === table && known.own === own) return known.result;
    for (const address of found) {
      const verdict = classifyAddress(address, table, own);
      if (!verdict.allowed) {
        return { ok: false, refusal: { ...refuse("guard.deny_ip", verdict.reason), address } };
      }
    }
    const result = { ok: true, addresses: found } as const;
    this.#passed.set(found, { table, own, result });
    return result;
  }

  /** Addresses that nobody has classified: enough only for a host that an administrator named, a parent proxy. */
  find(host: string, waiting: Waiting): Found | Promise<Found> {
    const known = this.#known(host);
    if (known !== undefined) {
      this.#metrics.cached += 1;
      return known;
    }
    return isIP(host) === 0 ? this.#ask(host, waiting.signal) : [host];
  }

  /** Names only: addresses are never asked for. */
  #known(host: string): Found | undefined {
    const now = this.#now();
    const answer = this.#answers.get(host);
    if (answer && answer.expiresAt > now) return answer.addresses;
    const failure = this.#failures.get(host);
    return failure && failure.expiresAt > now ? failure.reason : undefined;
  }

  async #ask(host: string, signal: AbortSignal): Promise<Found> {
    if (!this.#underWay.has(host) && this.#underWay.size >= maxUnderWay) return "dns-busy";
    try {
      const limit = deadline(this.#timeoutMs, "dns", signal);
      const outcome = await waitFor(this.#shared(host), limit);
      return "reason" in outcome ? outcome.reason : outcome.addresses;
    } catch (error) {
      // Nobody is there to be answered any more; the question itself goes on for others.
      if (signal.aborted) return "client-closed";
      if (error instanceof AppError) return "dns-timeout";
      throw error;
    }
  }

  /** Questions under way are shared. */
  #shared(host: string): Promise<Answer | Failure> {
    const known = this.#underWay.get(host);
    if (known) return known;
    const question = this.#query(host).finally(() => this.#underWay.delete(host));
    this.#underWay.set(host, question);
    return question;
  }

  /** One family may fail alone: many servers answer AAAA badly, and only tested addresses are dialled anyway. */
  async #query(host: string): Promise<Answer | Failure> {
    const askedAt = this.#now();
    // The final dot keeps search domains of the machine out of the question.
    const [v6, v4] = await Promise.allSettled([
      this.#resolver.resolve6(`${host}.`, { ttl: true }),
      this.#resolver.resolve4(`${host}.`, { ttl: true }),
    ]);
    this.#metrics.seconds.observe((this.#now() - askedAt) / 1000);
    const records = [v6, v4].flatMap((result) =>
      result.status === "fulfilled" ? result.value : [],
    );
    if (records.length === 0 || records.length > maxAddresses) {
      this.#metrics.failed += 1;
      const reason =
        records.length > 0
          ? "dns-too-many-addresses"
          : reasonOf(v4.status === "rejected" ? v4.reason : undefined);
      return this.#keep(this.#failures, maxFailures, host, {
        reason,
        expiresAt: this.#now() + negativeMs,
      });
    }
    const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl), maxTtlSeconds);
    this.#failures.delete(host);
    return this.#keep(this.#answers, maxCached, host, {
      addresses: [...new Set(records.map(({ address }) => address))],
      expiresAt: this.#now() + ttlSeconds * 1000,
    });
  }

  /** The oldest goes first. */
  #keep<T>(room: Map<string, T>, max: number, host: string, outcome: T): T {
    room.delete(host);
    room.set(host, outcome);
    if (room.size > max) room.delete(room.keys().next().value ?? host);
    return outcome;
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOTFOUND":
      return "dns-not-found";
    case "ENODATA":
    case undefined:
      return "dns-no-address";
    case "ETIMEOUT":
      return "dns-timeout";
    case "ECONNREFUSED":
    case "ESERVFAIL":
    case "EREFUSED":
      return "dns-server-failed";
    default:
      return "dns-failed";
  }
}

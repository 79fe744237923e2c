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
import { type Refusal, refuse } from "./refusal.ts";

export type ResolveResult =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal };

interface CacheEntry {
  readonly answer: Promise<Answer>;
  expiresAt: number;
}
interface Answer {
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

const maxTtlSeconds = 60;
const maxCached = 5000;
/** A name with more addresses than this is no ordinary name. */
const maxAddresses = 64;

export class ResolverGuard {
  readonly #resolver: dns.Resolver;
  readonly #timeoutMs: number;
  readonly #cache = new Map<string, CacheEntry>();

  /** @param servers empty means the host's own */
  constructor(servers: readonly string[], timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#resolver = new dns.Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 });
    if (servers.length > 0) this.#resolver.setServers([...servers]);
  }

  async resolve(
    host: string,
    table: AddressTable,
    own: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ResolveResult> {
    const found = isIP(host) === 0 ? await this.#lookUp(host, signal) : [host];
    if (typeof found === "string")
      return {
        ok: false,
        refusal: refuse("guard.dns", found, found === "dns-timeout" ? 504 : 502),
      };
    // One forbidden address condemns the set: a name that points inside even once is not an outside name.
    for (const address of found) {
      const verdict = classifyAddress(address, table, own);
      if (!verdict.allowed) {
        return { ok: false, refusal: { ...refuse("guard.deny_ip", verdict.reason), address } };
      }
    }
    return { ok: true, addresses: found };
  }

  async #lookUp(host: string, signal: AbortSignal): Promise<readonly string[] | string> {
    try {
      const limit = deadline(this.#timeoutMs, "dns", signal);
      const { addresses } = await waitFor(this.#cached(host), limit);
      if (addresses.length === 0) return "dns-no-address";
      return addresses.length > maxAddresses ? "dns-too-many-addresses" : addresses;
    } catch (error) {
      if (error instanceof AppError) return "dns-timeout";
      return reasonOf(error);
    }
  }

  #cached(host: string): Promise<Answer> {
    const now = performance.now();
    const known = this.#cache.get(host);
    if (known && known.expiresAt > now) return known.answer;
    const entry: CacheEntry = { answer: this.#query(host), expiresAt: Number.POSITIVE_INFINITY };
    this.#cache.delete(host);
    this.#cache.set(host, entry);
    if (this.#cache.size > maxCached) this.#cache.delete(this.#cache.keys().next().value ?? host);
    // Questions under way are shared; failures are asked again next time.
    entry.answer.then(
      ({ ttlSeconds }) => {
        entry.expiresAt = performance.now() + Math.min(ttlSeconds, maxTtlSeconds) * 1000;
      },
      () => {
        if (this.#cache.get(host) === entry) this.#cache.delete(host);
      },
    );
    return entry.answer;
  }

  /** One family may fail alone: many servers answer AAAA badly, and only tested addresses are dialled anyway. */
  async #query(host: string): Promise<Answer> {
    // The final dot keeps search domains of the machine out of the question.
    const [v6, v4] = await Promise.allSettled([
      this.#resolver.resolve6(`${host}.`, { ttl: true }),
      this.#resolver.resolve4(`${host}.`, { ttl: true }),
    ]);
    if (v4.status === "rejected" && v6.status === "rejected") throw v4.reason;
    const records = [v6, v4].flatMap((result) =>
      result.status === "fulfilled" ? result.value : [],
    );
    return {
      addresses: [...new Set(records.map(({ address }) => address))],
      ttlSeconds: Math.min(...records.map(({ ttl }) => ttl), maxTtlSeconds),
    };
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOTFOUND":
      return "dns-not-found";
    case "ENODATA":
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

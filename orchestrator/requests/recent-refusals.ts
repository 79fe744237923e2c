/**
 * The latest refusals of each person and of each terminal, so that a request can be tied to a refusal that
 * really was made to whoever asks. The facts are the proxy's; what a page sends is a reference and nothing
 * more. In memory and bounded: after a restart the page is opened once more.
 */
import type { DecisionRecord } from "../../proxy/ipc.ts";
import type { UserId } from "../base/ids.ts";
import { isOfBrowser } from "./browser-hosts.ts";
import type { KnownRefusal } from "./types.ts";

/** Different hosts kept for one person: a page that asks for ever new ones pushes out only its own. */
const hostsPerKey = 200;
/** References of one host: of a page that is refused again and again, those a person may still see. */
const idsPerHost = 50;
const mostKeys = 5_000;
const keptMs = 24 * 3_600_000;

interface Host {
  latest: KnownRefusal;
  /** A tab went there. */
  isPage: boolean;
  readonly ids: Map<string, KnownRefusal>;
}

export class RecentRefusals {
  readonly #byKey = new Map<string, Map<string, Host>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param userId whose isolated browser it was; on the terminal plane the record names the terminal */
  add(record: DecisionRecord, userId: UserId | undefined, groups: readonly string[]): void {
    if (record.verdict !== "block" || record.rule === "guard.unclaimed") return;
    const key = record.plane === "terminal" ? terminalKey(record.terminal) : personKey(userId);
    if (key === undefined) return;
    const hosts = this.#byKey.get(key) ?? new Map<string, Host>();
    put(this.#byKey, key, hosts, mostKeys);
    const name = `${record.host.toLowerCase()}:${record.port}`;
    const latest = { record, groups };
    const host = hosts.get(name) ?? { latest, isPage: false, ids: new Map<string, KnownRefusal>() };
    host.latest = latest;
    put(host.ids, record.id, latest, idsPerHost);
    put(hosts, name, host, hostsPerKey);
  }

  find(
    asker: { readonly id: UserId; readonly terminal: string },
    id: string,
  ): KnownRefusal | undefined {
    for (const key of [personKey(asker.id), terminalKey(asker.terminal)])
      for (const host of this.#byKey.get(key ?? "")?.values() ?? []) {
        const found = host.ids.get(id);
        if (found) return this.#isFresh(found) ? found : undefined;
      }
    return undefined;
  }

  /** The newest of one session for this host and port, where one of its tabs stands. */
  latestFor(
    userId: UserId,
    sessionId: string,
    host: string,
    port: number,
  ): KnownRefusal | undefined {
    const hosts = this.#byKey.get(personKey(userId) ?? "");
    const found = hosts?.get(`${host}:${port}`);
    if (found?.latest.record.sessionId !== sessionId) return undefined;
    found.isPage = true;
    return found.latest;
  }

  /** Newest first, without what the browser asked for by itself. Those of terminals are found by their reference only: others may have sat there before. */
  of(userId: UserId): KnownRefusal[] {
    const hosts = this.#byKey.get(personKey(userId) ?? "");
    return [...(hosts?.values() ?? [])]
      .filter(({ latest, isPage }) => isPage || !isOfBrowser(latest.record.host.toLowerCase()))
      .map(({ latest }) => latest)
      .filter((each) => this.#isFresh(each))
      .reverse();
  }

  #isFresh({ record }: KnownRefusal): boolean {
    return Date.parse(record.at) > this.#now() - keptMs;
  }
}

const personKey = (id: UserId | undefined) => (id === undefined ? undefined : `person ${id}`);
const terminalKey = (address: string | undefined) =>
  address === undefined ? undefined : `terminal ${address}`;

/** As the newest; the oldest goes when there are more than `most`. */
function put<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > most && oldest.done !== true) map.delete(oldest.value);
}

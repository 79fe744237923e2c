/**
 * One list ready for look-ups, whatever it is made of: edits, entries held in full, a big list's index.
 * The closest entry decides: at each step from the host to its widest parent, edits go before the list,
 * and an exception (`!`) says that the list does not cover the host.
 */
import type { CompiledList } from "./compiled.ts";
import { type HashKey, hashKey } from "./index/hash.ts";
import { LabelMasks } from "./index/format.ts";
import type { ListIndex } from "./index/list-index.ts";
import { Prints } from "./index/prints.ts";
import type { HostProbe } from "./index/probe.ts";
import { canonicalPath, isBelow } from "./paths.ts";
import { inRanges, parseRanges, type Ranges } from "./ranges.ts";

export interface EntryHit {
  readonly list?: string;
  readonly file?: string;
  readonly entry: string;
  readonly line: number;
}

/** Entries of a list, whatever holds them. */
export const sizeOf = ({ entries, edits, index }: CompiledList): number =>
  entries.length + (edits?.entries.length ?? 0) + (index?.entries ?? 0);

interface Question {
  readonly at: number;
  readonly via: "connect" | "http";
  readonly path?: string;
}

/** For policies without a big list; the lists of an installation bring their own. */
export const ownKey = hashKey(crypto.getRandomValues(new Uint8Array(16)));

type Source = Pick<CompiledList, "entries" | "lines" | "expiries">;

export class EntryTable {
  readonly id: string | undefined;
  readonly expiresAt: number | undefined;
  readonly ports: readonly number[] | undefined;
  #layers: readonly Lookable[];
  /** Edits come before the list itself, and there are none yet. */
  readonly #hasEmptyEdits: boolean;
  readonly #file: string | undefined;
  readonly #index: ListIndex | undefined;
  /** Of everything in it. */
  readonly #masks = new LabelMasks();

  /** @param key the one of the policy's big lists, so that a host is hashed once for all */
  constructor(
    list: Source & Partial<CompiledList>,
    index?: ListIndex,
    key: HashKey = index?.key ?? ownKey,
  ) {
    this.id = list.id;
    this.expiresAt = list.expiresAt;
    this.ports = list.ports;
    this.#file = list.file;
    this.#index = index;
    const own = new Layer(list, list.file, key);
    const edits = list.edits && new Layer(list.edits, list.edits.file, key);
    const layers = [...(edits ? [edits] : []), own].filter((layer) => !layer.isEmpty);
    for (const layer of layers) this.#masks.join(layer.masks);
    this.#layers = layers;
    this.#hasEmptyEdits = edits?.isEmpty === true;
    if (index) this.#masks.join(index.masks);
  }

  /** The same list with one more entry where edits of it go, for "what if": nothing is built anew. */
  with(entry: string): EntryTable {
    const [first, ...rest] = this.#layers;
    const key = this.#index?.key ?? ownKey;
    const added = new Layer({ entries: [entry], lines: [0] }, first?.file, key);
    const more = new EntryTable(
      {
        entries: [],
        lines: [],
        ...(this.id !== undefined && { id: this.id }),
        ...(this.expiresAt !== undefined && { expiresAt: this.expiresAt }),
        ...(this.ports && { ports: [...this.ports] }),
        ...(this.#file !== undefined && { file: this.#file }),
      },
      this.#index,
    );
    more.#layers =
      first === undefined || this.#hasEmptyEdits
        ? [added, ...this.#layers]
        : [new Doubled(added, first), ...rest];
    more.#masks.join(this.#masks);
    more.#masks.join(added.masks);
    return more;
  }

  find(probe: HostProbe, question: Question): EntryHit | undefined {
    const index = this.#index;
    const layers = this.#layers;
    if (index === undefined && layers.length === 0) return undefined;
    const path = question.via === "http" ? canonicalPath(question.path ?? "") : undefined;
    for (let at = 0; at < probe.count; at++) {
      if (!this.#masks.mayHold(at, probe.labels(at))) continue;
      for (const layer of layers) {
        const found = layer.look(probe, at, question.at, path);
        if (found === "excepted") return undefined;
        if (found) return this.#named(found.entry, found.line, layer.file);
      }
      const hit = index?.find(probe, at, question.at);
      if (hit) return this.#named(probe.candidate(at), hit.line, this.#file);
    }
    return this.#inRange(probe, question.at);
  }

  #inRange(probe: HostProbe, at: number): EntryHit | undefined {
    if (probe.count > 1) return undefined;
    for (const layer of this.#layers) {
      const found = layer.range(probe.host, at);
      if (found) return this.#named(found.entry, found.line, layer.file);
    }
    return undefined;
  }

  #named(entry: string, line: number, file: string | undefined): EntryHit {
    const { id: list } = this;
    if (list === undefined) return file === undefined ? { entry, line } : { entry, line, file };
    return file === undefined ? { entry, line, list } : { entry, line, list, file };
  }
}

interface Found {
  readonly entry: string;
  readonly line: number;
}
interface Kept extends Found {
  readonly expiresAt: number;
}
interface UrlEntry extends Kept {
  readonly path: string;
}

interface Lookable {
  readonly file: string | undefined;
  readonly look: Layer["look"];
  readonly range: Layer["range"];
}

/** Two layers as if they were one file: an exception in either goes before the names of both. */
class Doubled implements Lookable {
  readonly file: string | undefined;
  readonly #both: readonly [Lookable, Lookable];

  constructor(added: Lookable, below: Lookable) {
    this.file = below.file;
    this.#both = [added, below];
  }

  look(...question: Parameters<Layer["look"]>): ReturnType<Layer["look"]> {
    const [first, second] = this.#both.map((each) => each.look(...question));
    return first === "excepted" || second === "excepted" ? "excepted" : (first ?? second);
  }

  range(...question: Parameters<Layer["range"]>): ReturnType<Layer["range"]> {
    return this.#both[0].range(...question) ?? this.#both[1].range(...question);
  }
}

/** Entries held in full, from one file. */
class Layer implements Lookable {
  readonly file: string | undefined;
  readonly isEmpty: boolean;
  readonly #names = new Map<string, Kept>();
  readonly #exceptions = new Map<string, number>();
  readonly #urls = new Map<string, UrlEntry[]>();
  readonly #ranges: (Kept & { readonly ranges: Ranges })[] = [];
  readonly #prints: Prints;

  constructor({ entries, lines, expiries }: Source, file: string | undefined, key: HashKey) {
    this.file = file;
    this.isEmpty = entries.length === 0;
    const ends = new Map(expiries ?? []);
    for (const [index, entry] of entries.entries())
      this.#add({ entry, line: lines[index] ?? 0, expiresAt: ends.get(index) ?? Infinity });
    const names = [this.#names, this.#exceptions, this.#urls].flatMap((each) => [...each.keys()]);
    this.#prints = new Prints(new Set(names), key);
  }

  get masks(): LabelMasks {
    return this.#prints.masks;
  }

  look(
    probe: HostProbe,
    at: number,
    timeMs: number,
    path: string | undefined,
  ): Found | "excepted" | undefined {
    if (!this.#prints.mayHold(probe, at)) return undefined;
    const candidate = probe.candidate(at);
    if (this.#exceptions.size > 0 && timeMs < (this.#exceptions.get(candidate) ?? -Infinity))
      return "excepted";
    const url = path === undefined ? undefined : this.#url(candidate, timeMs, path);
    if (url) return url;
    const kept = this.#names.get(candidate);
    return kept && timeMs < kept.expiresAt ? kept : undefined;
  }

  range(address: string, at: number): Found | undefined {
    return this.#ranges.find(
      ({ ranges, expiresAt }) => at < expiresAt && inRanges(ranges, address),
    );
  }

  #url(candidate: string, at: number, path: string): Found | undefined {
    return this.#urls
      .get(candidate)
      ?.find((entry) => at < entry.expiresAt && isBelow(path, entry.path));
  }

  #add(kept: Kept): void {
    const { entry } = kept;
    const slash = entry.indexOf("/");
    if (entry.startsWith("!")) this.#except(entry.slice(1), kept.expiresAt);
    else if (slash === -1) this.#names.set(entry, kept);
    else if (/^[0-9a-f:.]+\/\d+$/.test(entry) && !/^\.|[g-z]/.test(entry))
      this.#addRangeOrUrl(kept, slash);
    else this.#addUrl(kept, slash);
  }

  /** Of two equal ones the longer counts, as with names. */
  #except(name: string, expiresAt: number): void {
    this.#exceptions.set(name, Math.max(expiresAt, this.#exceptions.get(name) ?? -Infinity));
  }

  /** "10.0.0.0/8" is a range; "a.de/8" is a path below a host that has hexadecimal letters only. */
  #addRangeOrUrl(kept: Kept, slash: number): void {
    const base = kept.entry.slice(0, slash);
    if (/^[\d.]+$|:/.test(base)) this.#ranges.push({ ...kept, ranges: parseRanges([kept.entry]) });
    else this.#addUrl(kept, slash);
  }

  #addUrl(kept: Kept, slash: number): void {
    const host = kept.entry.slice(0, slash);
    const entry = { ...kept, path: kept.entry.slice(slash) };
    this.#urls.set(host, [...(this.#urls.get(host) ?? []), entry]);
  }
}

/**
 * Walks the package from its root along allowed relationships and says which parts the output has, of
 * what type, with which relationships. What the walk does not reach does not exist any more.
 */
import { Refusal, type JobContext } from "../context.ts";
import { type ContentTypes, mainKind, partKey, partKind, type PartKind } from "./content-types.ts";
import type { OfficePackage } from "./open-package.ts";
import {
  isFollowed,
  isHyperlink,
  isImage,
  isOfficeDocument,
  removalClass,
} from "./relationship-types.ts";
import {
  isWebTarget,
  parseRelationships,
  type Relationship,
  relationshipsPath,
  resolveTarget,
} from "./relationships.ts";
import { decodeXml } from "./xml.ts";
import type { OutputType, RemovedClass } from "../../wire/file-words.ts";

export interface CollectedPart {
  readonly name: string;
  readonly kind: PartKind;
  readonly contentType: string;
  readonly relationships: readonly Relationship[];
}

export interface CollectedPackage {
  readonly output: OutputType;
  readonly mainPart: string;
  readonly rootRelationships: readonly Relationship[];
  readonly parts: readonly CollectedPart[];
}

class Collector {
  readonly #package: OfficePackage;
  readonly #types: ContentTypes;
  readonly #context: Pick<JobContext, "limits" | "tally">;
  readonly #parts = new Map<string, CollectedPart>();
  readonly #queue: { name: string; kind: PartKind; contentType: string }[] = [];
  readonly #queued = new Set<string>();
  #main: { part: string; output: OutputType } | undefined;

  constructor(
    opened: OfficePackage,
    types: ContentTypes,
    context: Pick<JobContext, "limits" | "tally">,
  ) {
    this.#package = opened;
    this.#types = types;
    this.#context = context;
  }

  run(): CollectedPackage {
    const rootRelationships = this.#relationshipsOf("");
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const relationships = next.kind === "image" ? [] : this.#relationshipsOf(next.name);
      this.#parts.set(next.name, { ...next, relationships });
    }
    if (this.#main === undefined) throw new Refusal("blocked", "damaged", "no main part");
    return {
      output: this.#main.output,
      mainPart: this.#main.part,
      rootRelationships,
      parts: [...this.#parts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
  }

  #relationshipsOf(part: string): Relationship[] {
    const path = relationshipsPath(part);
    if (!this.#package.has(path)) return [];
    const { xmlDepth } = this.#context.limits;
    const all = parseRelationships(decodeXml(this.#package.read(path)), xmlDepth);
    return all.filter((relationship) => this.#keep(part, relationship));
  }

  #keep(part: string, relationship: Relationship): boolean {
    const kept = relationship.external
      ? this.#keepExternal(relationship)
      : this.#follow(part, relationship);
    if (kept) return true;
    const removed = removalClass(relationship.type, relationship.external);
    if (removed !== undefined) this.#count(part, relationship, removed);
    return false;
  }

  /** In the part that is not carried over; what lies outside has no place but the part that points there. */
  #count(part: string, relationship: Relationship, removed: RemovedClass): void {
    const target = relationship.external ? undefined : resolveTarget(part, relationship.target);
    const leave = this.#context.tally.enter(target ?? part);
    this.#context.tally.add(removed);
    leave();
  }

  #keepExternal(relationship: Relationship): boolean {
    return isHyperlink(relationship.type) && isWebTarget(relationship.target);
  }

  #follow(part: string, relationship: Relationship): boolean {
    // An internal "hyperlink" is a place in the same part: it has no part of its own.
    if (isHyperlink(relationship.type)) return relationship.target.startsWith("#");
    const target = resolveTarget(part, relationship.target);
    if (target === undefined || !isFollowed(relationship.type) || !this.#package.has(target))
      return false;
    if (part === "" && isOfficeDocument(relationship.type)) return this.#followMain(target);
    const contentType = this.#types.of(target);
    const kind = partKind(contentType);
    if (kind === undefined || contentType === undefined) return false;
    if ((kind === "image") !== isImage(relationship.type)) return false;
    this.#enqueue(target, kind, contentType);
    return true;
  }

  #followMain(target: string): boolean {
    const kind = mainKind(this.#types.of(target));
    if (kind === undefined || this.#main !== undefined)
      throw new Refusal("blocked", "unknown-type", "main part");
    this.#main = { part: target, output: kind.output };
    this.#enqueue(target, "xml", kind.type);
    return true;
  }

  #enqueue(name: string, kind: PartKind, contentType: string): void {
    if (this.#queued.has(partKey(name))) return;
    this.#queued.add(partKey(name));
    this.#queue.push({ name, kind, contentType });
  }
}

export function collectParts(
  opened: OfficePackage,
  types: ContentTypes,
  context: Pick<JobContext, "limits" | "tally">,
): CollectedPackage {
  return new Collector(opened, types, context).run();
}

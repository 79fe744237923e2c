/** From a place in the parsed value (rules → 3 → to → lists → 0) to line and column in the YAML text. */
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
} from "yaml";

export type Path = readonly PropertyKey[];
export interface Position {
  /** Of an included file: as messages name it, and as it is written in the policy. */
  readonly file?: string;
  readonly name?: string;
  readonly line: number;
  readonly column: number;
}

/** Where the parts of a policy stand, whatever number of files it is made of. */
export interface Places {
  /** Of the value at `path`, or of the nearest thing around it that exists. */
  of(path: Path): Position;
  /** Of the key itself, for keys that should not be there. */
  ofKey(path: Path, key: PropertyKey): Position;
}

export class Positions implements Places {
  readonly #document: Document.Parsed;
  readonly #counter: LineCounter;
  readonly #in: Pick<Position, "file" | "name">;

  /** @param within of an included file */
  constructor(
    document: Document.Parsed,
    counter: LineCounter,
    within: Pick<Position, "file" | "name"> = {},
  ) {
    this.#document = document;
    this.#counter = counter;
    this.#in = within;
  }

  at(offset: number): Position {
    const { line, col } = this.#counter.linePos(offset);
    return { ...this.#in, line: Math.max(1, line), column: Math.max(1, col) };
  }

  of(path: Path): Position {
    let node: unknown = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const key of path) {
      const next = step(node, key);
      if (next === undefined) break;
      node = next.node;
      offset = startOf(node) ?? next.offset ?? offset;
    }
    return this.at(offset);
  }

  ofKey(path: Path, key: PropertyKey): Position {
    let node: unknown = this.#document.contents;
    for (const part of path) node = step(node, part)?.node;
    const offset = step(node, key)?.offset;
    return offset === undefined ? this.of(path) : this.at(offset);
  }
}

function step(
  node: unknown,
  key: PropertyKey,
): { node: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isScalar(item.key) && String(item.key.value) === String(key),
    );
    return pair && isPair(pair) ? { node: pair.value, offset: startOf(pair.key) } : undefined;
  }
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  return undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? ((node as Node).range?.[0] ?? undefined) : undefined;
}

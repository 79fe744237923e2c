/** What the rules about outgoing files look for, counted over everything that was rebuilt. Pure but for the counts. */
import type { SandboxJob, SandboxResult } from "../../wire/sandbox.ts";
import { countMyNumbers } from "./my-number.ts";

const mostCounted = 1_000_000;

/** Spelling and spaces make no difference: 部外秘 is found in "部 外 秘". */
const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, "");

export class Search {
  readonly #wanted: NonNullable<SandboxJob["search"]>;
  readonly #keywords: readonly string[];
  readonly #found = new Set<number>();
  #myNumbers = 0;

  constructor(wanted: NonNullable<SandboxJob["search"]>) {
    this.#wanted = wanted;
    this.#keywords = wanted.keywords.map(plain);
  }

  look(text: string): void {
    if (this.#wanted.myNumber)
      this.#myNumbers = Math.min(this.#myNumbers + countMyNumbers(text), mostCounted);
    if (this.#keywords.length === 0) return;
    const searched = plain(text);
    for (const [index, keyword] of this.#keywords.entries())
      if (keyword !== "" && searched.includes(keyword)) this.#found.add(index);
  }

  result(): NonNullable<SandboxResult["search"]> {
    return { myNumbers: this.#myNumbers, keywords: [...this.#found] };
  }
}

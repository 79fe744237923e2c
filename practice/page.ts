/** What a page of the practice site is. Shapes only. */
import type { Language, Words } from "./html.ts";
import type { Sample } from "./samples/samples.ts";

export interface Visit {
  readonly language: Language;
  /** Query and, for forms sent by POST, the body's fields. */
  readonly untrustedFields: URLSearchParams;
  readonly site: Site;
}

export interface Page {
  readonly path: string;
  /** Short name in the navigation; a page without one is not listed there. */
  readonly menu?: Words;
  readonly title: Words;
  /** One sentence, for the index and the search. */
  readonly summary: Words;
  /** HTML of the page's main part. */
  body(visit: Visit): string;
}

export interface Site {
  readonly host: string;
  /** An address of the machine Hanare runs on: one of the links that must stay closed. */
  readonly machineAddress: string;
  readonly samples: readonly Sample[];
  readonly pages: readonly Page[];
}

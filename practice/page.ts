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
  readonly title: Words;
  /** One sentence, for the index and the search. */
  readonly summary: Words;
  /** HTML of the page's main part. */
  body(visit: Visit): string;
}

export interface Site {
  readonly host: string;
  readonly samples: readonly Sample[];
  readonly pages: readonly Page[];
}

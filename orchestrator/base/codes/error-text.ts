/** What belongs to an error code: a code without all of it does not compile. */
export interface ErrorText {
  /** Of HTTP. */
  readonly status: number;
  readonly ja: string;
  readonly en: string;
  /** What to do next. */
  readonly nextJa: string;
  readonly nextEn: string;
}

export type ErrorTexts = Readonly<Record<string, ErrorText>>;

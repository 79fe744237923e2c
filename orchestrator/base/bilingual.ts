/** Words for people, in both languages. */
export interface Bilingual {
  readonly ja: string;
  readonly en: string;
}

/** What a machine wrote, names, paths and numbers are the same in both. */
export const both = (text: string): Bilingual => ({ ja: text, en: text });

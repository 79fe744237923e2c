/** Which languages there are, and the shape every dictionary has: a text without both does not compile. */
export const languages = ["ja", "en"] as const;
export type Language = (typeof languages)[number];

export type Texts = Readonly<Record<string, Readonly<Record<Language, string>>>>;

export function isLanguage(value: unknown): value is Language {
  return value === "ja" || value === "en";
}

type Name<Text extends string> = Text extends `${string}{${infer Key}}${infer Rest}`
  ? Key | Name<Rest>
  : never;
/** Names in braces of a text. */
export type Placeholders<Text extends string> = Name<Text>;

export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

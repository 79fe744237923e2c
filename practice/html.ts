/** Small helpers for writing HTML as text. Whatever a visitor typed passes through `escape`. Pure. */

export type Language = "ja" | "en";

export interface Words {
  readonly ja: string;
  readonly en: string;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escape(untrusted: string): string {
  return untrusted.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** Whether one of the texts holds what somebody typed, whatever its case and width. Pure. */
export function matches(typed: string, texts: readonly string[]): boolean {
  const wanted = fold(typed.trim());
  return texts.some((text) => fold(text).includes(wanted));
}

const fold = (text: string): string => text.normalize("NFKC").toLowerCase();

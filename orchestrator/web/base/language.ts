/** The chosen language: kept in localStorage, followed by every tab, mirrored to <html lang>. */
import { useCallback, useSyncExternalStore } from "react";
import { type TextArgs, type TextName, text } from "../i18n/dictionary.ts";
import { isLanguage, type Language } from "../i18n/language.ts";

const storageKey = "hanare.language";
const listeners = new Set<() => void>();
let current: Language = read();

function read(): Language {
  try {
    const stored = localStorage.getItem(storageKey);
    return isLanguage(stored) ? stored : "ja";
  } catch {
    // Storage may be forbidden by the terminal's policy; the page works in Japanese then.
    return "ja";
  }
}

function apply(language: Language): void {
  current = language;
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

export function setLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Kept for this page only, see read().
  }
  apply(language);
}

export function startLanguage(): void {
  apply(read());
  window.addEventListener("storage", (event) => {
    if (event.key === storageKey) apply(read());
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => current);
}

export type Translate = <Name extends TextName>(name: Name, ...args: TextArgs<Name>) => string;

export function useText(): Translate {
  const language = useLanguage();
  return useCallback<Translate>((name, ...args) => text(language, name, ...args), [language]);
}

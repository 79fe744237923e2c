/** Numbers, sizes and times as people of each language write them. Pure. */
import type { Language } from "../i18n/language.ts";

const locale: Readonly<Record<Language, string>> = { ja: "ja-JP", en: "en-GB" };

export function formatTime(language: Language, iso: string | null): string {
  if (iso === null) return "–";
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "–";
  return new Intl.DateTimeFormat(locale[language], {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  }).format(date);
}

export function formatClock(language: Language, iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "–";
  return new Intl.DateTimeFormat(locale[language], {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).format(date);
}

export function formatNumber(language: Language, value: number): string {
  return new Intl.NumberFormat(locale[language]).format(value);
}

const units = ["B", "KB", "MB", "GB", "TB"] as const;

export function formatBytes(language: Language, bytes: number): string {
  let value = bytes;
  let index = 0;
  while (value >= 1000 && index < units.length - 1) {
    value /= 1024;
    index += 1;
  }
  const digits = index === 0 || value >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(locale[language], { maximumFractionDigits: digits }).format(
    value,
  );
  return `${number} ${units[index] ?? "B"}`;
}

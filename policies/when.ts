/** The `when:` of a rule: days ("mon-fri", "sat,sun", [mon, wed]), hours ("08:30-17:15") and a zone. Pure. */
import type { When } from "./compiled.ts";
import { quote } from "./problem.ts";
import type { PolicyRule } from "./schema.ts";
import { isTimeZone } from "./time-window.ts";

export type WhenResult =
  | { readonly ok: true; readonly when: When }
  | {
      readonly ok: false;
      readonly path: readonly string[];
      readonly ja: string;
      readonly en: string;
    };

const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export function parseWhen(when: NonNullable<PolicyRule["when"]>, defaultTz: string): WhenResult {
  const tz = when.tz ?? defaultTz;
  if (!isTimeZone(tz)) {
    return bad("tz", tz, "時間帯", "a time zone", "Asia/Tokyo");
  }
  const days = when.days === undefined ? [0, 1, 2, 3, 4, 5, 6] : parseDays(when.days);
  if (!days) return bad("days", String(when.days), "曜日", "days", "mon-fri");
  const hours = when.hours === undefined ? [{ from: 0, to: 1440 }] : parseHours(when.hours);
  if (!hours) return bad("hours", String(when.hours), "時間", "hours", "08:30-17:15");
  return { ok: true, when: { days, hours, tz } };
}

function bad(key: string, text: string, ja: string, en: string, example: string): WhenResult {
  return {
    ok: false,
    path: [key],
    ja: `「${quote(text)}」は${ja}として読めません。「${example}」のように書いてください。`,
    en: `"${quote(text)}" cannot be read as ${en}; write "${example}".`,
  };
}

function parts(value: string | readonly string[]): string[] {
  return (typeof value === "string" ? value.split(",") : [...value]).map((part) =>
    part.trim().toLowerCase(),
  );
}

function parseDays(value: string | readonly string[]): number[] | undefined {
  const days = new Set<number>();
  for (const part of parts(value)) {
    const [first = "", last = first, ...rest] = part.split("-");
    const [from, to] = [names.indexOf(first), names.indexOf(last)];
    if (from === -1 || to === -1 || rest.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return days.size > 0 ? [...days].sort((a, b) => a - b) : undefined;
}

function parseHours(value: string | readonly string[]): When["hours"] | undefined {
  const hours: When["hours"] = [];
  for (const part of parts(value)) {
    const match = /^(\d\d):([0-5]\d)-(\d\d):([0-5]\d)$/.exec(part);
    if (!match) return undefined;
    const from = Number(match[1]) * 60 + Number(match[2]);
    const to = Number(match[3]) * 60 + Number(match[4]);
    if (from > 1439 || to > 1440 || from === to) return undefined;
    hours.push({ from, to });
  }
  return hours.length > 0 ? hours : undefined;
}

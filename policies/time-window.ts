/** Whether a moment lies in a rule's time window, in the window's own time zone. Pure. */
import type { When } from "./compiled.ts";

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const formats = new Map<string, Intl.DateTimeFormat>();

export function isTimeZone(name: string): boolean {
  // Intl also takes "+09:00"; a rule names a zone, so that its meaning is on the page.
  if (!/^(?:UTC|[A-Z][A-Za-z]+\/[A-Za-z_/+-]+)$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export function isWithin(window: When, at: number): boolean {
  const { day, minute } = localTime(window.tz, at);
  const onDay = (wanted: number) => window.days.includes(wanted);
  return window.hours.some(({ from, to }) => {
    if (from < to) return onDay(day) && minute >= from && minute < to;
    // Over midnight: the evening belongs to today, the small hours to the day before.
    return (onDay(day) && minute >= from) || (onDay((day + 6) % 7) && minute < to);
  });
}

/** First instant after `date` (YYYY-MM-DD) in `tz`: an entry that expires on a day is good all that day. */
export function endOfDay(date: string, tz: string): number {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const midnightUtc = Date.UTC(year, month - 1, day + 1);
  // The offset is looked up at the guess and once more at the result, which settles around a clock change.
  const first = midnightUtc - offsetAt(tz, midnightUtc);
  return midnightUtc - offsetAt(tz, first);
}

function offsetAt(tz: string, at: number): number {
  const parts = partsOf(tz, at);
  const local = Date.UTC(
    Number(parts["year"]),
    Number(parts["month"]) - 1,
    Number(parts["day"]),
    Number(parts["hour"]),
    Number(parts["minute"]),
    Number(parts["second"]),
  );
  return local - Math.floor(at / 1000) * 1000;
}

interface LocalTime {
  readonly day: number;
  readonly minute: number;
}

/** Of each zone the minute that was asked for last: a proxy asks for the present all the time. */
const lastTimes = new Map<string, { readonly atMinute: number; readonly local: LocalTime }>();

function localTime(tz: string, at: number): LocalTime {
  // Clocks are set by whole minutes everywhere, so one answer holds for the minute.
  const atMinute = Math.floor(at / 60_000);
  const last = lastTimes.get(tz);
  if (last?.atMinute === atMinute) return last.local;
  const local = lookUpLocalTime(tz, at);
  lastTimes.set(tz, { atMinute, local });
  return local;
}

function lookUpLocalTime(tz: string, at: number): LocalTime {
  const parts = partsOf(tz, at);
  const minute = Number(parts["hour"]) * 60 + Number(parts["minute"]);
  return { day: weekdays.indexOf(parts["weekday"] ?? ""), minute };
}

function partsOf(tz: string, at: number): Partial<Record<string, string>> {
  return Object.fromEntries(
    formatOf(tz)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
}

function formatOf(tz: string): Intl.DateTimeFormat {
  const known = formats.get(tz);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: tz,
    weekday: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  });
  formats.set(tz, made);
  return made;
}

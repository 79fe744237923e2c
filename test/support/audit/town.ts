/** What the n-th act of a town's staff is. The same every time; nothing but arithmetic. */
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";

const people = 3000;
const sections = [
  "総務課",
  "税務課",
  "福祉課",
  "建設課",
  "教育委員会",
  "情報政策課",
  "会計課",
  "市民課",
];
const files = ["見積書", "議事録", "仕様書", "名簿", "工事写真", "請求書", "通知文", "給与明細"];

function mix(value: number): number {
  let state = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  state = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
  return (state ^ (state >>> 16)) >>> 0;
}

/** Ranks below `ranks`, drawn by Zipf's law with exponent 1. */
function zipf(random: number, ranks: number): number {
  return Math.min(ranks - 1, Math.floor(Math.exp((random / 2 ** 32) * Math.log(ranks + 1))) - 1);
}

const hex = (value: number) => mix(value).toString(16).padStart(8, "0");

export function townEvent(n: number): AuditEvent {
  const person = mix(n) % people;
  const host = `www.host${zipf(mix(n * 3), 20_000)}.example.jp`;
  const who = {
    userId: `u${hex(person)}`,
    userName: `staff${person}`,
    section: sections[person % sections.length] ?? "",
    terminal: `10.1.${person % 200}.${person % 250}`,
    sessionId: `s${hex(Math.floor(n / 400) * people + person)}`,
  };
  const kind = mix(n * 7) % 100;
  if (kind < 60)
    return {
      ...{ action: "navigation", outcome: "success", ...who },
      target: `https://${host}/${hex(n % 5000)}/page.html`,
      details: { source: "browser" },
    };
  if (kind < 85)
    return {
      ...{ action: "proxy-refusal", outcome: "refused", reason: `R${mix(n) % 40}`, ...who },
      target: `https://${host}:443`,
      details: {
        ...{
          reason: "listed",
          method: "CONNECT",
          policy: hex(n % 90),
          list: "deny",
          line: n % 997,
        },
        requestId: `${hex(n)}-${hex(n + 1)}-${hex(n + 2)}`,
      },
    };
  const name = `${files[mix(n * 11) % files.length] ?? ""}_${mix(n * 13) % 90_000}.docx`;
  if (kind < 90)
    return {
      ...{ action: "download", outcome: "success", ...who, target: `https://${host}/${name}` },
      details: { download: hex(n), name, bytesAnnounced: mix(n) % 5_000_000 },
    };
  if (kind < 95)
    return {
      ...{ action: "release", outcome: "success", ...who, target: name },
      details: { download: hex(n), bytesOut: mix(n) % 5_000_000, sha256Out: hex(n).repeat(8) },
    };
  return { action: "sign-in", outcome: kind < 99 ? "success" : "failure", ...who };
}

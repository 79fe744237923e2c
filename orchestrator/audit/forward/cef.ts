/** A record in ArcSight's Common Event Format, version 0 (CEF Implementation Standard, rev. 27). Pure. */
import { isIP } from "node:net";
import { factsOf } from "../search/facts.ts";
import type { FoundRecord } from "../search/search.ts";

/** 0 to 10. */
const severities = { success: 2, refused: 5, failure: 6 } as const;

export function toCef({ record, hash }: FoundRecord): string {
  const { event } = record;
  const { host, file } = factsOf(record).values;
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ["rt", Date.parse(record.at)],
    ["externalId", record.seq],
    ["suid", event.userId],
    ["suser", event.userName],
    [event.terminal !== undefined && isIP(event.terminal) === 4 ? "src" : "shost", event.terminal],
    ["dhost", host === "" ? undefined : host],
    ["request", host === "" ? undefined : event.target],
    ["fname", file === "" ? undefined : file],
    ["outcome", event.outcome],
    ["reason", event.reason],
    ["msg", host === "" && file === "" ? event.target : undefined],
    ...labelled(1, "session", event.sessionId),
    ...labelled(2, "section", event.section),
    ...labelled(3, "hash", hash),
    ...labelled(4, "details", event.details && JSON.stringify(event.details)),
  ];
  const extension = fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}`);
  const head = ["CEF:0", "Hanare", "Hanare", "1", event.action, event.action].map(escapeHead);
  return `${head.join("|")}|${severities[event.outcome]}|${extension.join(" ")}`;
}

function labelled(place: number, label: string, value: string | undefined) {
  if (value === undefined) return [];
  return [[`cs${place}`, value] as const, [`cs${place}Label`, label] as const];
}

const escapeHead = (text: string): string =>
  text.replace(/[\\|]/g, "\\$&").replace(/[\r\n]+/g, " ");

function escapeValue(text: string): string {
  return text.replace(/[\\=]/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

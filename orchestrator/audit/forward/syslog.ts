/** One message of syslog as RFC 5424 has it, framed for TLS as RFC 5425 §4.3 does: its length in octets first. Pure. */
import type { FoundRecord } from "../search/search.ts";
import { toEcs } from "../ecs.ts";
import { toCef } from "./cef.ts";

export const forwardFormats = ["ecs", "cef"] as const;
export type ForwardFormat = (typeof forwardFormats)[number];

/** RFC 5424 §6.2.1: 13 is "log audit". */
const facility = 13;
/** Informational, and warning for whatever was refused or failed. */
const severities = { success: 6, refused: 4, failure: 4 } as const;

/** `hostName` is this machine's. */
export function frame(found: FoundRecord, format: ForwardFormat, hostName: string): Buffer {
  const { at, event } = found.record;
  const priority = facility * 8 + severities[event.outcome];
  const host = hostName.replace(/[^!-~]/g, "").slice(0, 255) || "-";
  const body = format === "cef" ? toCef(found) : JSON.stringify(toEcs(found));
  // §6.2.7: at most 32 printable characters; the names of acts are shorter.
  const message = Buffer.from(`<${priority}>1 ${at} ${host} hanare - ${event.action} - ${body}`);
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

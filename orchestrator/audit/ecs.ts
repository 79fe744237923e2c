/**
 * A record in the field names of the Elastic Common Schema 9. What the schema has no name for stands under
 * `hanare`. `event.outcome` knows no "refused": that is a failure there, and itself under `hanare`. Pure.
 */
import { isIP } from "node:net";
import { factsOf } from "./search/facts.ts";
import type { FoundRecord } from "./search/search.ts";

export function toEcs({ record, hash }: FoundRecord): Readonly<Record<string, unknown>> {
  const { event } = record;
  const { host, file } = factsOf(record).values;
  const { terminal, target } = event;
  return {
    "@timestamp": record.at,
    ecs: { version: "9.0.0" },
    event: {
      kind: "event",
      dataset: "hanare.audit",
      action: event.action,
      outcome: event.outcome === "success" ? "success" : "failure",
      sequence: record.seq,
      hash,
      ...(event.reason !== undefined && { reason: event.reason }),
    },
    ...((event.userId !== undefined || event.userName !== undefined) && {
      user: {
        ...(event.userId !== undefined && { id: event.userId }),
        ...(event.userName !== undefined && { name: event.userName }),
        ...(event.section !== undefined && { group: { name: event.section } }),
      },
    }),
    ...(terminal !== undefined && {
      source: { address: terminal, ...(isIP(terminal) !== 0 && { ip: terminal }) },
    }),
    ...(host !== "" && { url: { full: target, domain: host } }),
    ...(file !== "" && { file: { name: file } }),
    hanare: {
      outcome: event.outcome,
      prev: record.prev,
      ...(event.sessionId !== undefined && { session: event.sessionId }),
      ...(target !== undefined && { target }),
      ...(event.details && { details: event.details }),
    },
  };
}

/** What people ask about a record: who, where, which host and file, when, how much, and its words. Pure. */
import { type AuditEvent, auditActions, auditOutcomes } from "../events.ts";
import type { ChainedRecord } from "../chain.ts";

/** What records are counted and searched by, besides kind, outcome and time. */
export const facets = ["user", "section", "terminal", "session", "host", "file"] as const;
export type Facet = (typeof facets)[number];

export interface Facts {
  readonly atMs: number;
  /** Places in `auditActions` and `auditOutcomes`. */
  readonly action: number;
  readonly outcome: number;
  /** As recorded; empty where the record has none. */
  readonly values: Readonly<Record<Facet, string>>;
  /** Of a file that was handed over. */
  readonly bytes: number;
}

/** Upper case, full-width forms and the like make no difference to who searches. */
export function plain(text: string): string {
  // Most text is printable ASCII, which has one form.
  return (/^[ -~]*$/.test(text) ? text : text.normalize("NFKC")).toLowerCase().trim();
}

const actionAt = new Map<string, number>(auditActions.map((each, at) => [each, at]));
const outcomeAt = new Map<string, number>(auditOutcomes.map((each, at) => [each, at]));

export function factsOf({ at, event }: Pick<ChainedRecord, "at" | "event">): Facts {
  return {
    atMs: Date.parse(at),
    action: actionAt.get(event.action) ?? 0,
    outcome: outcomeAt.get(event.outcome) ?? 0,
    values: {
      user: event.userName ?? "",
      section: event.section ?? "",
      terminal: event.terminal ?? "",
      session: event.sessionId ?? "",
      host: hostOf(event),
      file: fileOf(event),
    },
    bytes: event.action === "release" ? numberOf(event.details?.["bytesOut"]) : 0,
  };
}

/** What words are looked for in: everything of a record that a person could know. */
export function wordsOf(event: AuditEvent): string {
  const { target, reason, userName, section, terminal, sessionId, details } = event;
  const given = [target, reason, userName, section, terminal, sessionId];
  const text = given.filter((each) => each !== undefined).join("\n");
  if (!details) return plain(text);
  const facts = Object.entries(details).map(([name, value]) => `${name}=${value}`);
  return plain(`${text}\n${facts.join("\n")}`);
}

const urlHost = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#]+)/i;

function hostOf({ target }: AuditEvent): string {
  return (target !== undefined && urlHost.exec(target)?.[1]?.toLowerCase()) || "";
}

const aboutFiles: ReadonlySet<AuditEvent["action"]> = new Set([
  "verdict",
  "release",
  "upload",
  "approval-ask",
  "approval-withdraw",
  "approval-expire",
  "approval-look",
  "approval-approve",
  "approval-refuse",
]);

function fileOf({ action, target, details }: AuditEvent): string {
  if (action === "download") {
    const name = details?.["name"];
    return typeof name === "string" ? name : "";
  }
  return (aboutFiles.has(action) && target) || "";
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);

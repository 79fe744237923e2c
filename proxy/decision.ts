/**
 * The canonical record of one request, opened when the request is read and sent exactly once: at the
 * refusal, or when the transfer or tunnel ends. Nothing else about a request is ever logged.
 */
import { randomFillSync } from "node:crypto";
import type { Decision } from "../policies/match.ts";
import type { DecisionRecord } from "./ipc.ts";
import type { Refusal } from "./refusal.ts";

/** Read out of the head, before anything in it is believed. */
export interface Named {
  readonly host: string;
  readonly port: number;
}

export interface RequestFacts {
  readonly plane: DecisionRecord["plane"];
  readonly sessionId?: string;
  readonly user?: string | undefined;
  /** Address of the terminal, on its plane. */
  readonly terminal?: string;
  readonly method: string;
  readonly scheme: DecisionRecord["scheme"];
  readonly policyVersion: string;
}

/** What became known after opening; text of the peer is cleaned here. */
export interface Known extends Named {
  readonly scheme?: DecisionRecord["scheme"];
  /** Without the query: it carries what people typed. */
  readonly path?: string;
}

export interface Outcome {
  /** "rule", "default", or why an allowed request still failed: "dial-failed", "upstream-error"… */
  readonly reason?: string;
  readonly status?: number;
  readonly address?: string;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export class OpenRecord {
  readonly id = newRecordId();
  readonly at = new Date();
  readonly #started = performance.now();
  readonly #send: (record: DecisionRecord) => void;
  readonly #facts: RequestFacts;
  readonly #rough: () => Named;
  #named: Named | undefined;
  #scheme: DecisionRecord["scheme"];
  #path: string | undefined;
  #sent = false;

  /** @param rough asked when the request ends before its target was read properly */
  constructor(facts: RequestFacts, rough: () => Named, send: (record: DecisionRecord) => void) {
    this.#facts = facts;
    this.#rough = rough;
    this.#scheme = facts.scheme;
    this.#send = send;
  }

  get host(): string {
    return printable(this.#target().host, 255);
  }

  amend(known: Known): void {
    this.#named = known;
    this.#scheme = known.scheme ?? this.#scheme;
    this.#path = known.path ?? this.#path;
  }

  #target(): Named {
    this.#named ??= this.#rough();
    return this.#named;
  }

  refuse(refusal: Refusal): void {
    if (this.#sent) return;
    const { rule, reason, status } = refusal;
    const record = this.#begin(refusal.verdict ?? "block", rule, reason, 0, 0);
    addKnown(record, refusal);
    if (refusal.message !== undefined) record.message = refusal.message;
    if (refusal.owner !== undefined) record.owner = refusal.owner;
    if (refusal.address !== undefined) record.address = refusal.address;
    record.status = status;
    this.#send(record);
  }

  finish(decision: Decision, outcome: Outcome): void {
    if (this.#sent) return;
    const verdict = this.#facts.plane === "terminal" ? "direct" : "allow";
    const reason = outcome.reason ?? decision.reason;
    const { bytesUp, bytesDown, address, status } = outcome;
    const record = this.#begin(verdict, decision.rule, reason, bytesUp, bytesDown);
    addKnown(record, decision);
    if (decision.via !== undefined) record.via = decision.via;
    if (address !== undefined) record.address = address;
    if (status !== undefined) record.status = status;
    this.#send(record);
  }

  #begin(
    verdict: DecisionRecord["verdict"],
    rule: string,
    reason: string,
    bytesUp: number,
    bytesDown: number,
  ): DecisionRecord {
    this.#sent = true;
    const { plane, sessionId, user, terminal, method, policyVersion } = this.#facts;
    const path = this.#path;
    // Written one by one: there is one of these per request, and spreading costs more than all the rest.
    const record: DecisionRecord = {
      id: this.id,
      at: this.at.toISOString(),
      plane,
      method: printable(method, 32),
      scheme: this.#scheme,
      host: this.host,
      port: this.#target().port,
      verdict,
      rule,
      reason,
      bytesUp,
      bytesDown,
      durationMs: Math.round((performance.now() - this.#started) * 10) / 10,
      policyVersion,
    };
    if (sessionId !== undefined) record.sessionId = sessionId;
    if (user !== undefined) record.user = user;
    if (terminal !== undefined) record.terminal = terminal;
    if (path !== undefined) record.path = printable(path, 2048);
    return record;
  }
}

/** What decisions and refusals tell of the rule alike. */
function addKnown(
  record: DecisionRecord,
  { ruleName, list, line, would }: Pick<Decision, "ruleName" | "list" | "line" | "would">,
): void {
  if (ruleName !== undefined) record.ruleName = ruleName;
  if (list !== undefined) record.list = list;
  if (line !== undefined) record.line = line;
  if (would !== undefined) record.would = would;
}

/** Random bytes are asked for by the page: asking costs far more than the bytes. */
const randomness = Buffer.alloc(9 * 512);
let used = randomness.length;

function newRecordId(): string {
  if (used === randomness.length) {
    randomFillSync(randomness);
    used = 0;
  }
  const id = randomness.toString("base64url", used, used + 9);
  used += 9;
  return `q${id}`;
}

/** Records are read by people and other programs: what a peer sent is cut and stripped of anything but ASCII. */
function printable(untrusted: string, max: number): string {
  const text = unprintable.test(untrusted) ? untrusted.replaceAll(allUnprintable, "?") : untrusted;
  return text.length > max ? text.slice(0, max) : text;
}

const unprintable = /[^\x20-\x7e]/;
const allUnprintable = /[^\x20-\x7e]/g;

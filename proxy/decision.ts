/**
 * The canonical record of one request, opened when the request is read and sent exactly once: at the
 * refusal, or when the transfer or tunnel ends. Nothing else about a request is ever logged.
 */
import { randomFillSync } from "node:crypto";
import type { Decision } from "../policies/match.ts";
import type { DecisionRecord } from "./ipc.ts";
import type { Refusal } from "./refusal.ts";

export interface RequestFacts {
  readonly plane: DecisionRecord["plane"];
  readonly sessionId?: string;
  readonly user?: string | undefined;
  /** Address of the terminal, on its plane. */
  readonly terminal?: string;
  readonly method: string;
  readonly scheme: DecisionRecord["scheme"];
  /** As far as it is known; text of the peer is cleaned here. */
  readonly host: string;
  readonly port: number;
  /** Without the query: it carries what people typed. */
  readonly path?: string;
  readonly policyVersion: string;
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
  #facts: RequestFacts;
  #sent = false;

  constructor(facts: RequestFacts, send: (record: DecisionRecord) => void) {
    this.#facts = facts;
    this.#send = send;
  }

  get host(): string {
    return printable(this.#facts.host, 255);
  }

  /** What became known after opening, such as the canonical host. */
  amend(facts: Partial<RequestFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  refuse(refusal: Refusal): void {
    const { rule, reason, ruleName, list, line, message, owner, would, address, status } = refusal;
    this.#emit({
      verdict: refusal.verdict ?? "block",
      rule,
      reason,
      status,
      bytesUp: 0,
      bytesDown: 0,
      ...(ruleName !== undefined && { ruleName }),
      ...(list !== undefined && { list }),
      ...(line !== undefined && { line }),
      ...(message !== undefined && { message }),
      ...(owner !== undefined && { owner }),
      ...(would !== undefined && { would }),
      ...(address !== undefined && { address }),
    });
  }

  finish(decision: Decision, outcome: Outcome): void {
    const { rule, ruleName, list, line, would, via } = decision;
    this.#emit({
      verdict: this.#facts.plane === "terminal" ? "direct" : "allow",
      rule,
      reason: outcome.reason ?? decision.reason,
      bytesUp: outcome.bytesUp,
      bytesDown: outcome.bytesDown,
      ...(ruleName !== undefined && { ruleName }),
      ...(list !== undefined && { list }),
      ...(line !== undefined && { line }),
      ...(would !== undefined && { would }),
      ...(via !== undefined && { via }),
      ...(outcome.address !== undefined && { address: outcome.address }),
      ...(outcome.status !== undefined && { status: outcome.status }),
    });
  }

  #emit(verdict: VerdictPart): void {
    if (this.#sent) return;
    this.#sent = true;
    const { plane, sessionId, user, terminal } = this.#facts;
    const { method, scheme, port, path, policyVersion } = this.#facts;
    this.#send({
      id: this.id,
      at: this.at.toISOString(),
      plane,
      ...(sessionId !== undefined && { sessionId }),
      ...(user !== undefined && { user }),
      ...(terminal !== undefined && { terminal }),
      method: printable(method, 32),
      scheme,
      host: this.host,
      port,
      ...(path !== undefined && { path: printable(path, 2048) }),
      ...verdict,
      durationMs: Math.round((performance.now() - this.#started) * 10) / 10,
      policyVersion,
    });
  }
}

type VerdictPart = Omit<
  DecisionRecord,
  | "id"
  | "at"
  | "plane"
  | "sessionId"
  | "user"
  | "terminal"
  | "method"
  | "scheme"
  | "host"
  | "port"
  | "path"
  | "durationMs"
  | "policyVersion"
>;

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

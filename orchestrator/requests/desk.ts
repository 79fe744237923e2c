/**
 * Requests of people whose way was refused: who may ask for what, what becomes of it, who is told. A request
 * rests on the proxy's own record of a refusal made to that person; whether a request can help is decided by
 * the policy in force, never by what a page says. Approvals go through the policy desk (approve.ts).
 */
import type { DatabaseSync } from "node:sqlite";
import { formsOf } from "../../policies/entry-forms.ts";
import { explain } from "../../policies/explain.ts";
import type { PolicyRequest, PreparedPolicy } from "../../policies/match.ts";
import { type Outlook, outlook, ownerOf } from "../../policies/openings.ts";
import { type PassedRules, passedRules } from "../../policies/passed-rules.ts";
import type { AuditLog } from "../audit/events.ts";
import { AppError, describeError } from "../base/errors.ts";
import { looksLikeId, type UserId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Config } from "../config/schema.ts";
import type { PolicyDeskService } from "../policy-desk/types.ts";
import { type Approval, closeApproved, entryOf, noteOf, publishApproval } from "./approve.ts";
import { dayIn, dayMs } from "./days.ts";
import type { RecentRefusals } from "./recent-refusals.ts";
import { requestEvent } from "./request-audit.ts";
import { type NewRequest, RequestStore } from "./store.ts";
import {
  type AccessRequest,
  type Asker,
  type AskState,
  type Decider,
  type DecideOutcome,
  type KnownRefusal,
  type RequestDecision,
  type RequestDetail,
  type RequestQuery,
  type RequestService,
  targetOf,
} from "./types.ts";

export interface RequestDeskOptions {
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly refusals: RecentRefusals;
  readonly policyDesk: Pick<PolicyDeskService, "history" | "publish">;
  /** The policy in force. */
  readonly prepared: () => PreparedPolicy | undefined;
  readonly limits: () => Config["requests"];
  readonly log: Log;
  readonly now: () => number;
  /** Left out: an hour between looks at what is over. */
  readonly tickMs?: number;
}

const tickMs = 60 * 60_000;
/** Time windows and last days open and close no faster than anybody would notice. */
const outlookMs = 2_000;
const shownToPerson = 200;
/** How many versions back an interrupted approval is looked for. */
const versionsLookedAt = 200;

export class RequestDesk implements RequestService, Disposable {
  readonly #o: RequestDeskOptions;
  readonly #store: RequestStore;
  readonly #listeners = new Set<(request: AccessRequest) => void>();
  readonly #timer: NodeJS.Timeout;
  /** Goes with the refusals themselves, which are bounded. */
  readonly #outlooks = new WeakMap<
    KnownRefusal,
    { readonly prepared: PreparedPolicy; readonly until: number; readonly outlook: Outlook }
  >();

  readonly #passed = new WeakMap<KnownRefusal, PassedRules>();

  constructor(options: RequestDeskOptions) {
    this.#o = options;
    this.#store = new RequestStore(options.database, options.now);
    this.#recover();
    this.tidy();
    this.#timer = setInterval(() => {
      try {
        this.tidy();
      } catch (error) {
        // Disk full, or another process holds the file for long: the next round does what this one could not.
        options.log.error({ event: "request-tidy", reason: describeError(error) });
      }
    }, options.tickMs ?? tickMs);
    this.#timer.unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  findRefusal(asker: Pick<Asker, "id" | "terminal">, refusalId: string): KnownRefusal | undefined {
    return this.#o.refusals.find(asker, refusalId);
  }

  refusalAt(userId: UserId, sessionId: string, untrustedUrl: string): KnownRefusal | undefined {
    if (!URL.canParse(untrustedUrl)) return undefined;
    const { hostname, port, protocol } = new URL(untrustedUrl);
    const usual = protocol === "https:" ? 443 : 80;
    const host = hostname.toLowerCase().replace(/\.$|^\[|\]$/g, "");
    return this.#o.refusals.latestFor(userId, sessionId, host, port === "" ? usual : Number(port));
  }

  recentOf(userId: UserId): readonly KnownRefusal[] {
    return this.#o.refusals.of(userId);
  }

  askStateOf(userId: UserId, refusal: KnownRefusal): AskState {
    const { plane, host, port } = refusal.record;
    const found = this.#outlookOf(refusal);
    if (found.state === "open") return { state: "open" };
    const latest = this.#store.latest(userId, plane, host, port);
    if (latest?.state === "open") return { state: "asked", request: latest };
    if (found.state === "never") return { state: "never", why: found.why };
    return { state: "can", ...(latest && { before: latest }) };
  }

  passedBy(refusal: KnownRefusal): PassedRules | undefined {
    const prepared = this.#o.prepared();
    if (prepared?.policy.version !== refusal.record.policyVersion) return undefined;
    if (!isByPolicy(refusal)) return undefined;
    const known = this.#passed.get(refusal);
    if (known) return known;
    const asked = { ...this.#asked(refusal), at: Date.parse(refusal.record.at) };
    const passed = passedRules(prepared, asked);
    this.#passed.set(refusal, passed);
    return passed;
  }

  open(
    asker: Asker,
    refusalId: string,
    reason: string,
  ): { request: AccessRequest; joined: boolean } {
    const refusal = this.findRefusal(asker, refusalId);
    if (!refusal) throw new AppError("REFUSAL_UNKNOWN");
    const state = this.askStateOf(asker.id, refusal);
    switch (state.state) {
      case "asked":
        return { request: state.request, joined: true };
      case "open":
        throw new AppError("REQUEST_NOT_NEEDED");
      case "never":
        throw new AppError("REQUEST_CANNOT_HELP", { why: state.why });
      case "can":
        this.#assertWithinLimits(asker.id);
        return { request: this.#told(this.#add(asker, refusal, reason)), joined: false };
    }
  }

  mine(userId: UserId): readonly AccessRequest[] {
    return this.#store.of(userId, shownToPerson);
  }

  withdraw(asker: Asker, untrustedId: string): AccessRequest {
    const request = this.#get(untrustedId);
    if (request.userId !== asker.id) throw new AppError("NOT_FOUND", { what: "request" });
    const withdrawn = this.#store.close(
      request.id,
      { state: "withdrawn", by: asker.name },
      (closed) => this.#o.audit.write(requestEvent("request-withdraw", closed, asker)),
    );
    return this.#told(withdrawn);
  }

  search(query: RequestQuery): readonly AccessRequest[] {
    return this.#store.search(query);
  }

  openCount(): number {
    return this.#store.openCount();
  }

  look(untrustedId: string): RequestDetail {
    const request = this.#get(untrustedId);
    const prepared = this.#prepared();
    const { now } = this.#o;
    const limits = this.#o.limits();
    const asked = questionOf(request, now());
    const explanation = explain(prepared, {
      ...asked,
      target:
        request.via === "http"
          ? { kind: "url", text: targetOf(request) }
          : { kind: "connect", text: authorityOf(request) },
    });
    const found = outlook(prepared, asked, request.host);
    return {
      request,
      explanation,
      owner: ownerOf(prepared, found.decision) ?? null,
      outlook: found.state === "askable" ? askable(prepared, asked) : plain(found),
      proposedExpiry: dayIn(now(), Math.min(limits.proposedDays, limits.longestDays)),
      longestExpiry: dayIn(now(), limits.longestDays),
    };
  }

  async decide(
    decider: Decider,
    untrustedId: string,
    decision: RequestDecision,
  ): Promise<DecideOutcome> {
    const request = this.#get(untrustedId);
    if (request.userId === decider.id) throw new AppError("REQUEST_OWN", { request: request.id });
    if (request.state !== "open")
      throw new AppError("ILLEGAL_TRANSITION", { request: request.id, state: request.state });
    const outcome =
      decision.decision === "refuse"
        ? this.#refuse(request, decision.answer, decider)
        : await this.#approve(request, decision, decider);
    if (outcome.outcome === "decided") this.#told(outcome.request);
    return outcome;
  }

  onChange(listener: (request: AccessRequest) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What nobody decided in time expires; what was decided long ago is forgotten. */
  tidy(): void {
    const { now, audit } = this.#o;
    const limits = this.#o.limits();
    for (const { id } of this.#store.olderThan(now() - limits.openDays * dayMs)) {
      const expired = this.#store.close(id, { state: "expired", by: null }, (closed) =>
        audit.write(requestEvent("request-expire", closed, null)),
      );
      this.#told(expired);
    }
    this.#store.forget(now() - limits.keepDays * dayMs);
  }

  /** An approval that a crash interrupted: its version is in the history, or nothing was published. */
  #recover(): void {
    const { audit, policyDesk } = this.#o;
    for (const { request, intent } of this.#store.intended()) {
      const version = policyDesk
        .history(versionsLookedAt)
        .versions.find(
          ({ number, source, note }) =>
            number > intent.base && source === "edit" && note === noteOf(request),
        );
      if (version) {
        const parts = { store: this.#store, audit };
        closeApproved(parts, request, intent, version.number, null);
      } else {
        this.#store.abandon(request.id, () =>
          audit.write(
            requestEvent("request-approve", request, null, {
              outcome: "failure",
              reason: "interrupted",
            }),
          ),
        );
      }
    }
  }

  #refuse(request: AccessRequest, answer: string, decider: Decider): DecideOutcome {
    const closed = this.#store.close(
      request.id,
      { state: "refused", by: decider.name, answer },
      (each) =>
        this.#o.audit.write(requestEvent("request-refuse", each, decider, { details: { answer } })),
    );
    return { outcome: "decided", request: closed };
  }

  async #approve(
    request: AccessRequest,
    approval: Approval,
    decider: Decider,
  ): Promise<DecideOutcome> {
    const { now, audit, policyDesk } = this.#o;
    const limits = this.#o.limits();
    const { expires, opening, form, answer } = approval;
    if (expires < dayIn(now(), 0) || expires > dayIn(now(), limits.longestDays))
      throw new AppError("BAD_REQUEST", { field: "expires" });
    const entry = entryOf(request.host, form);
    const found = outlook(this.#prepared(), questionOf(request, now()), entry);
    if (found.state === "never") throw new AppError("REQUEST_CANNOT_HELP", { why: found.why });
    if (found.state === "open") {
      const closed = this.#store.close(
        request.id,
        { state: "approved", by: decider.name, answer },
        (each) =>
          audit.write(requestEvent("request-approve", each, decider, { reason: "open-already" })),
      );
      return { outcome: "decided", request: closed };
    }
    const chosen = found.openings.find(({ id }) => id === opening);
    if (!chosen) throw new AppError("REQUEST_NOT_OPENED", { opening: opening ?? "" });
    const parts = { store: this.#store, audit, policyDesk };
    return publishApproval(parts, request, chosen.additions, approval, decider);
  }

  #add(asker: Asker, refusal: KnownRefusal, reason: string): AccessRequest {
    const prepared = this.#prepared();
    const { decision } = outlook(prepared, this.#asked(refusal), refusal.record.host);
    const { id, plane, host, port, scheme, path, method } = refusal.record;
    const request: NewRequest = {
      userId: asker.id,
      userName: asker.name,
      groups: refusal.groups,
      terminal: asker.terminal,
      plane,
      via: viaOf(method),
      scheme,
      host,
      port,
      path: method === "CONNECT" ? null : (path?.replace(/[?#].*$/s, "") ?? null),
      refusalId: id,
      rule: decision.rule,
      ruleName: decision.ruleName ?? null,
      list: decision.list ?? null,
      line: decision.line ?? null,
      owner: ownerOf(prepared, decision) ?? null,
      reason,
    };
    return this.#store.add(request, (added) =>
      this.#o.audit.write(requestEvent("request-open", added, asker, { details: { reason } })),
    );
  }

  #assertWithinLimits(userId: UserId): void {
    const { now } = this.#o;
    const limits = this.#o.limits();
    const open = this.#store.countOf(userId, "open");
    const today = this.#store.countOf(userId, { sinceMs: now() - dayMs });
    if (open >= limits.openPerPerson || today >= limits.perDay)
      throw new AppError("REQUEST_LIMIT", { open, today });
  }

  /** Asked again with every change of a tab, which a hostile browser makes as often as it likes. */
  #outlookOf(refusal: KnownRefusal): Outlook {
    const prepared = this.#prepared();
    const now = this.#o.now();
    const known = this.#outlooks.get(refusal);
    if (known?.prepared === prepared && now < known.until) return known.outlook;
    const { host } = refusal.record;
    const found = outlook(prepared, this.#asked(refusal), host);
    const fresh: Outlook = isByPolicy(refusal)
      ? found
      : { state: "never", decision: found.decision, why: "guard" };
    this.#outlooks.set(refusal, { prepared, until: now + outlookMs, outlook: fresh });
    return fresh;
  }

  #asked({ record, groups }: KnownRefusal): PolicyRequest {
    const { plane, host, port, method, path, terminal = null } = record;
    const via = viaOf(method);
    return questionOf(
      { plane, host, port, via, groups, path: path ?? null, terminal },
      this.#o.now(),
    );
  }

  #prepared(): PreparedPolicy {
    const prepared = this.#o.prepared();
    if (!prepared) throw new AppError("POLICY_INVALID");
    return prepared;
  }

  #get(untrustedId: string): AccessRequest {
    if (!looksLikeId(untrustedId)) throw new AppError("NOT_FOUND", { what: "request" });
    return this.#store.get(untrustedId);
  }

  #told(request: AccessRequest): AccessRequest {
    for (const listener of this.#listeners) {
      try {
        listener(request);
      } catch (error) {
        this.#o.log.error({ event: "request-listener", reason: describeError(error) });
      }
    }
    return request;
  }
}

/** A guard refuses after the rules have let it through: no list can change that. */
const isByPolicy = ({ record: { reason } }: KnownRefusal): boolean =>
  reason === "rule" || reason === "default";

const viaOf = (method: string) => (method === "CONNECT" ? ("connect" as const) : ("http" as const));

/** The refused request, as it would be asked now. */
function questionOf(
  asked: Pick<AccessRequest, "groups" | "host" | "path" | "plane" | "port" | "terminal" | "via">,
  at: number,
): PolicyRequest {
  const { plane, host, port, via, groups, path, terminal } = asked;
  return {
    ...{ plane, user: "", groups, host, port, via, at },
    // Rules of the isolated plane know people, not terminals.
    ...(plane === "terminal" && terminal !== null && { terminal }),
    ...(path !== null && { path }),
  };
}

function authorityOf({ host, port }: AccessRequest): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function askable(prepared: PreparedPolicy, asked: PolicyRequest): RequestDetail["outlook"] {
  const forms = formsOf(asked.host).map((each) => {
    const found = outlook(prepared, asked, each.entry);
    return { ...each, openings: found.state === "askable" ? found.openings : [] };
  });
  return { state: "askable", forms };
}

function plain(found: Exclude<Outlook, { state: "askable" }>): RequestDetail["outlook"] {
  return found.state === "open"
    ? { state: "open", verdict: found.decision.verdict }
    : { state: "never", why: found.why };
}

/**
 * 上長承認: what nothing can clean, a person with the right may release. A request takes the file out of its session
 * into the kept files; from then on its state is in the database alone, and a death at any moment leaves both wholly
 * before or wholly after a step. Nobody decides their own, nothing leaves unapproved, every step is on record with the
 * change it is about.
 */
import type { DatabaseSync } from "node:sqlite";
import type { AuditLog } from "../../audit/events.ts";
import { AppError, describeError } from "../../base/errors.ts";
import { type DownloadId, looksLikeId, type UserId } from "../../base/ids.ts";
import type { Log } from "../../base/log.ts";
import type { Config } from "../../config/schema.ts";
import { inTransaction } from "../../store/database.ts";
import type { KeptFiles } from "../quarantine/kept-files.ts";
import type { Quarantine } from "../quarantine/quarantine.ts";
import type { ReleasedFile } from "../types.ts";
import { approvalEvent, delegationEvent } from "./approval-audit.ts";
import { Delegations } from "./delegations.ts";
import { type Authority, mayDecide, type Person } from "./may-decide.ts";
import { ApprovalStore, type Closing, type NewApproval, type StoredApproval } from "./store.ts";
import type {
  Actor,
  Approval,
  ApprovalDecision,
  ApprovalService,
  AwaitingApproval,
  Delegation,
  Inbox,
} from "./types.ts";

/** The file desk, as far as approvals need it. */
export interface ApprovalSource {
  readonly quarantine: Quarantine;
  /** Throws NOT_FOUND unless it is this person's, FILE_NOT_FOR_APPROVAL unless it waits for one. */
  forApproval(id: DownloadId, ownerId: UserId): AwaitingApproval;
  /** In the transaction that keeps it: the session's journal no longer waits for it. */
  settled(id: DownloadId): void;
  /** The session lets go of it. */
  handedOver(id: DownloadId): Promise<void>;
}

export interface ApprovalDeskOptions {
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly files: ApprovalSource;
  readonly kept: KeptFiles;
  readonly limits: Config["files"]["approval"];
  /** An account as it is now; undefined when it is gone. */
  readonly accountById: (id: UserId) => Person | undefined;
  readonly accountByName: (name: string) => (Person & { readonly id: UserId }) | undefined;
  readonly now: () => number;
  /** Told before each step of a request and a decision; tests die there. */
  readonly onStep?: (step: "decide" | "hand-over" | "prepare" | "record" | "sweep") => void;
}

const hourMs = 3_600_000;
const tickMs = 60_000;
/** After the first collection: for a transfer that broke off. */
const afterCollectionMs = 15 * 60_000;
const longestDelegationMs = 366 * 24 * hourMs;
const delegationsPerPerson = 20;

export class ApprovalDesk implements ApprovalService, Disposable {
  readonly #o: ApprovalDeskOptions;
  readonly #store: ApprovalStore;
  readonly #delegations: Delegations;
  readonly #listeners = new Set<(approval: Approval) => void>();
  readonly #asking = new Set<DownloadId>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ApprovalDeskOptions) {
    this.#o = options;
    this.#store = new ApprovalStore(options.database);
    this.#delegations = new Delegations(options.database);
    const tick = () => {
      this.tidy().catch((error: unknown) =>
        options.log.error({ event: "approval-tidy", reason: describeError(error) }),
      );
    };
    tick();
    this.#timer = setInterval(tick, tickMs);
    this.#timer.unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async ask(asker: Actor, downloadId: DownloadId, reason: string): Promise<Approval> {
    const { files } = this.#o;
    const awaiting = files.forApproval(downloadId, asker.id);
    if (this.#asking.has(downloadId)) throw new AppError("FILE_NOT_FOR_APPROVAL");
    this.#asking.add(downloadId);
    try {
      const approval = await this.#keep(asker, downloadId, awaiting, reason);
      this.#step("hand-over");
      await files.handedOver(downloadId);
      return this.#told(approval);
    } finally {
      this.#asking.delete(downloadId);
    }
  }

  async askUpload(
    asker: Omit<Actor, "roles">,
    id: DownloadId,
    awaiting: AwaitingApproval,
    reason: string,
  ): Promise<Approval> {
    return this.#told(await this.#keep(asker, id, awaiting, reason));
  }

  uploadApproval(id: UserId, sha256: string): Approval | undefined {
    const nowMs = this.#o.now();
    return this.#store
      .of(id)
      .filter((each) => each.direction === "upload" && each.sha256 === sha256)
      .find(
        ({ state, keptUntil }) =>
          state === "open" || (state === "approved" && (keptUntil ?? 0) > nowMs),
      );
  }

  usedUpload({ id }: Approval, by: Omit<Actor, "roles">): void {
    this.#used(this.#own(by.id, id), by);
  }

  /** From here on it is in the database, with its file. */
  async #keep(
    asker: Omit<Actor, "roles">,
    downloadId: DownloadId,
    { file, facts }: AwaitingApproval,
    reason: string,
  ): Promise<Approval> {
    const { limits, now } = this.#o;
    this.#assertRoom(asker.id, file.sizeBytes);
    const askedAt = now();
    const { id: requesterId, name: requesterName, groups, terminal } = asker;
    const asked: NewApproval = {
      ...{ ...facts, downloadId, requesterId, requesterName, groups, terminal, reason, askedAt },
      ...{ sizeBytes: file.sizeBytes, sha256: file.sha256 },
      expiresAt: askedAt + limits.openHours * hourMs,
    };
    return this.#take(file, asked, asker);
  }

  /** Looked at before the bytes are kept, and again with the record: one person may ask several times at once. */
  #assertRoom(askerId: UserId, sizeBytes: number): void {
    const { kept, limits } = this.#o;
    const open = this.#store.countOpen(askerId);
    if (open >= limits.openPerPerson) throw new AppError("APPROVAL_LIMIT", { open });
    kept.assertRoom(askerId, sizeBytes, limits);
  }

  async #take(
    file: AwaitingApproval["file"],
    asked: NewApproval,
    asker: Omit<Actor, "roles">,
  ): Promise<Approval> {
    const { database, audit, files, kept } = this.#o;
    this.#step("prepare");
    const prepared = await kept.prepare(file, files.quarantine);
    this.#step("record");
    try {
      const approval = inTransaction(database, () => {
        this.#assertRoom(asker.id, file.sizeBytes);
        kept.add(prepared, asker.id, asked.expiresAt);
        const added = this.#store.add(asked, file.id);
        files.settled(asked.downloadId);
        audit.write(
          approvalEvent("approval-ask", added, asker, { details: { reason: asked.reason } }),
        );
        return added;
      });
      prepared.key.fill(0);
      return approval;
    } catch (error) {
      await kept.abandon(prepared);
      throw error;
    }
  }

  mine(id: UserId): readonly Approval[] {
    return this.#store.of(id);
  }

  async withdraw(asker: Actor, untrustedId: string): Promise<Approval> {
    const { approval } = this.#own(asker.id, untrustedId);
    return this.#end(approval, { state: "withdrawn", by: asker.name }, "approval-withdraw", asker);
  }

  assertCollectable(asker: Pick<Actor, "id">, untrustedId: string): void {
    const { fileId } = this.#collectable(asker, untrustedId);
    this.#o.kept.assertKept(fileId);
  }

  #collectable({ id }: Pick<Actor, "id">, untrustedId: string): StoredApproval {
    const own = this.#own(id, untrustedId);
    const { approval } = own;
    // What may go out to a page is no way back to a terminal.
    if (approval.state !== "approved" || approval.direction === "upload")
      throw new AppError("FILE_NOT_RELEASED", { approval: approval.id, state: approval.state });
    return own;
  }

  collect(asker: Actor, untrustedId: string): ReleasedFile {
    const own = this.#collectable(asker, untrustedId);
    const { approval, fileId } = own;
    const { bytes, sizeBytes } = this.#o.kept.read(fileId);
    try {
      this.#used(own, asker);
    } catch (error) {
      bytes.destroy();
      throw error;
    }
    return { name: approval.name, mediaType: approval.mediaType, sizeBytes, bytes };
  }

  /** On record, and soon over. */
  #used({ approval, fileId }: StoredApproval, by: Omit<Actor, "roles">): void {
    const { database, audit, kept, now } = this.#o;
    this.#told(
      inTransaction(database, () => {
        const until = Math.min(approval.keptUntil ?? 0, now() + afterCollectionMs);
        kept.setUntil(fileId, until);
        const released = approvalEvent("release", approval, by, { reason: "approved" });
        audit.write({ ...released, details: { ...released.details, verdict: "approved" } });
        return this.#store.collected(approval.id, now(), until);
      }),
    );
  }

  inbox(actor: Actor, all: boolean): Inbox {
    const standIns = this.#standIns(actor.id);
    const sections = new Map<UserId, readonly string[]>();
    const sectionOf = ({ requesterId, groups }: Approval) => {
      const known = sections.get(requesterId) ?? this.#sectionOf({ requesterId, groups });
      sections.set(requesterId, known);
      return known;
    };
    const theirs = (approval: Approval) =>
      mayDecide(actor, { ...approval, groups: sectionOf(approval) }, standIns, this.#o.limits).may;
    const open = this.#store.open().filter(theirs);
    return {
      mayDecide: actor.roles.includes("approver") || standIns.length > 0,
      open: open.length,
      approvals: all ? this.#store.latest().filter(theirs) : open,
    };
  }

  look(actor: Actor, untrustedId: string): Approval {
    const { approval } = this.#get(untrustedId);
    if (!this.#authority(actor, approval).may)
      throw new AppError("NOT_FOUND", { what: "approval" });
    return approval;
  }

  content(actor: Actor, untrustedId: string): ReturnType<ApprovalService["content"]> {
    const { name } = this.look(actor, untrustedId);
    return { name, ...this.#o.kept.read(this.#get(untrustedId).fileId) };
  }

  async decide(
    actor: Actor,
    untrustedId: string,
    { decision, answer }: ApprovalDecision,
  ): Promise<Approval> {
    const { approval } = this.#get(untrustedId);
    const authority = this.#authority(actor, approval);
    if (!authority.may && authority.why === "own")
      throw new AppError("APPROVAL_OWN", { approval: approval.id });
    if (!authority.may) throw new AppError("NOT_FOUND", { what: "approval" });
    const { inPlaceOf } = authority;
    const { limits, now } = this.#o;
    const by = { by: actor.name, inPlaceOf, answer };
    return decision === "approve"
      ? this.#end(
          approval,
          { state: "approved", keptUntil: now() + limits.keepHours * hourMs, ...by },
          "approval-approve",
          actor,
        )
      : this.#end(approval, { state: "refused", ...by }, "approval-refuse", actor);
  }

  /** Closes it, with its record and with what becomes of its file. */
  async #end(
    approval: Approval,
    closing: Closing,
    action: "approval-approve" | "approval-expire" | "approval-refuse" | "approval-withdraw",
    who: Actor | null,
  ): Promise<Approval> {
    const { database, audit, kept, now } = this.#o;
    const { fileId } = this.#store.get(approval.id);
    const { keptUntil, inPlaceOf, answer } = closing;
    this.#step("decide");
    const closed = inTransaction(database, () => {
      const changed = this.#store.close(approval.id, closing, now());
      if (keptUntil === undefined) kept.forget(fileId);
      else kept.setUntil(fileId, keptUntil);
      const details = {
        ...(answer === undefined ? {} : { answer }),
        ...(inPlaceOf == null ? {} : { inPlaceOf }),
      };
      audit.write(approvalEvent(action, changed, who, { details }));
      return changed;
    });
    this.#step("sweep");
    if (keptUntil === undefined) await kept.sweep([fileId]);
    return this.#told(closed);
  }

  delegations(id: UserId): readonly Delegation[] {
    return this.#delegations.of(id, this.#o.now());
  }

  delegate(
    actor: Actor,
    { name, from, until }: { readonly name: string; readonly from: number; readonly until: number },
  ): Delegation {
    const { accountByName, audit, now } = this.#o;
    const delegate = accountByName(name);
    const refuse = (why: string): never => {
      throw new AppError("DELEGATION_NOT_POSSIBLE", { why });
    };
    if (!actor.roles.includes("approver")) return refuse("not an approver");
    if (delegate === undefined || delegate.id === actor.id) return refuse("no such person");
    if (until <= from || until <= now() || until - from > longestDelegationMs)
      return refuse("dates");
    if (this.delegations(actor.id).length >= delegationsPerPerson) return refuse("too many");
    return this.#delegations.add(
      {
        ...{ approverId: actor.id, approverName: actor.name, from, until },
        ...{ delegateId: delegate.id, delegateName: delegate.name },
      },
      (added) => audit.write(delegationEvent("delegation-set", added, actor)),
    );
  }

  endDelegation(actor: Actor, untrustedId: string): void {
    const found = this.delegations(actor.id).find(({ id }) => id === untrustedId);
    if (found === undefined) throw new AppError("NOT_FOUND", { what: "delegation" });
    this.#delegations.remove(found.id, () =>
      this.#o.audit.write(delegationEvent("delegation-end", found, actor)),
    );
  }

  onChange(listener: (approval: Approval) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What nobody decided in time expires; files whose time is over go, keys first. */
  async tidy(): Promise<void> {
    const { database, kept, limits, now } = this.#o;
    for (const { approval } of this.#store.pastDay(now()))
      await this.#end(approval, { state: "expired", by: null }, "approval-expire", null);
    const over = kept.over(now());
    inTransaction(database, () => {
      for (const id of over) {
        kept.forget(id);
        this.#store.notKept(id);
      }
      this.#store.forget(now() - limits.recordDays * 24 * hourMs);
    });
    await kept.sweep(over);
  }

  #standIns(id: UserId) {
    return this.#delegations.to(id, this.#o.now()).flatMap((delegation) => {
      const approver = this.#o.accountById(delegation.approverId);
      return approver === undefined ? [] : [{ delegation, approver }];
    });
  }

  #authority(actor: Actor, approval: Approval): Authority {
    const asked = { ...approval, groups: this.#sectionOf(approval) };
    return mayDecide(actor, asked, this.#standIns(actor.id), this.#o.limits);
  }

  /** Where the requester belongs now: whoever changes section is decided about there. Gone, where they asked. */
  #sectionOf({ requesterId, groups }: Pick<Approval, "groups" | "requesterId">) {
    return this.#o.accountById(requesterId)?.groups ?? groups;
  }

  #own(id: UserId, untrustedId: string) {
    const found = this.#get(untrustedId);
    if (found.approval.requesterId !== id) throw new AppError("NOT_FOUND", { what: "approval" });
    return found;
  }

  #get(untrustedId: string) {
    if (!looksLikeId(untrustedId)) throw new AppError("NOT_FOUND", { what: "approval" });
    return this.#store.get(untrustedId);
  }

  #step(step: Parameters<NonNullable<ApprovalDeskOptions["onStep"]>>[0]): void {
    this.#o.onStep?.(step);
  }

  #told(approval: Approval): Approval {
    for (const listener of this.#listeners) {
      try {
        listener(approval);
      } catch (error) {
        this.#o.log.error({ event: "approval-listener", reason: describeError(error) });
      }
    }
    return approval;
  }
}

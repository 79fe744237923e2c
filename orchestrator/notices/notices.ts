/**
 * Tells people what concerns them: follows the audit log from where the last process stopped, and looks at the state of
 * the machine once a minute. A record is followed and its notices are kept in one transaction: none is lost or told twice.
 */
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import type { AuditEvent } from "../audit/events.ts";
import type { Log } from "../base/log.ts";
import { describeError } from "../base/errors.ts";
import type { UserId } from "../base/ids.ts";
import type { Account, Role } from "../identity/types.ts";
import { inTransaction } from "../store/database.ts";
import { type Condition, conditionAudience, kindsFor } from "./conditions.ts";
import { type Audience, fromRecord } from "./from-record.ts";
import type { Outbox } from "./outbox.ts";
import { NoticeSettings } from "./settings.ts";
import { NoticeStore } from "./store.ts";
import { words } from "./words.ts";
import type {
  MailSettings,
  OfferedSettings,
  NewNotice,
  NoticeKind,
  NoticeQuery,
  NoticeService,
  WordedNotice,
} from "./types.ts";

export interface NoticeParts {
  readonly database: DatabaseSync;
  readonly log: Log;
  readonly now: () => number;
  readonly outbox: Outbox;
  /** What may stand behind the @ of an address; none: no mail is sent. */
  readonly mailDomains: readonly string[];
  readonly accounts: () => readonly Account[];
  /** Who may decide about this file. */
  readonly deciders: (approval: string, people: readonly Account[]) => readonly UserId[];
  /** Number of the newest audit record. */
  readonly newest: () => number;
  /** Those after `seq`, up to `upTo`, that may concern somebody. */
  readonly records: (after: number, upTo: number) => readonly AuditEvent[];
  /** What is wrong with the machine now; kinds left out are well. `stands`: what the look before has found. */
  readonly look: (stands: (kind: NoticeKind) => boolean) => Promise<readonly Condition[]>;
  /** Left out: 2 s between looks at the log, a minute between looks at the machine. */
  readonly followMs?: number;
  readonly lookMs?: number;
}

const recordsAtOnce = 5_000;
/** While a condition holds, people are told again. */
const againMs = 24 * 3_600_000;

export class Notices implements NoticeService, AsyncDisposable {
  readonly #o: NoticeParts;
  readonly #store: NoticeStore;
  readonly #settings: NoticeSettings;
  readonly #end = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(parts: NoticeParts) {
    this.#o = parts;
    this.#store = new NoticeStore(parts.database);
    this.#settings = new NoticeSettings(parts.database, parts.mailDomains);
    // What happened before there were notices is nobody's news.
    if (this.#store.followed() === null) this.#store.setFollowed(parts.newest());
    this.#running = Promise.all([
      this.#repeat("notices-follow", parts.followMs ?? 2_000, () => this.follow()),
      this.#repeat("notices-look", parts.lookMs ?? 60_000, () => this.look()),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  list(userId: UserId, query: NoticeQuery): readonly WordedNotice[] {
    return this.#store.list(userId, query).map((each) => ({ ...each, words: words(each) }));
  }

  unread(userId: UserId): number {
    return this.#store.unread(userId);
  }

  markRead(userId: UserId, which: "all" | readonly number[]): void {
    this.#store.markRead(userId, which, this.#o.now());
  }

  settings({ id, roles }: Pick<Account, "id" | "roles">): OfferedSettings {
    const { mailDomains: domains } = this.#o;
    const available = kindsFor(roles);
    return { ...this.#settings.of(id), offered: domains.length > 0, domains, available };
  }

  setSettings(userId: UserId, settings: MailSettings): void {
    this.#settings.set(userId, settings);
  }

  /** Up to the newest record. */
  async follow(): Promise<void> {
    const { database, newest, records } = this.#o;
    const upTo = newest();
    for (let after = this.#store.followed() ?? upTo; after < upTo && !this.#end.signal.aborted; ) {
      const last = Math.min(after + recordsAtOnce, upTo);
      const told = records(after, last).flatMap((event) => fromRecord(event) ?? []);
      // Once for all of them: thousands of accounts take their time.
      const people = told.length === 0 ? [] : this.#active();
      inTransaction(database, () => {
        for (const { to, ...notice } of told) this.#add(this.#peopleOf(to, people), notice);
        this.#store.setFollowed(last);
      });
      after = last;
      await wait(0);
    }
  }

  /** What is wrong is told when it begins and once a day while it lasts. */
  async look(): Promise<void> {
    const { database, now, look } = this.#o;
    const found = await look((kind) => this.#store.toldAt(kind) !== undefined);
    inTransaction(database, () => {
      for (const [kind, role] of conditionAudience) {
        const condition = found.find((each) => each.kind === kind);
        if (!condition) this.#store.setTold(kind, undefined);
        else this.#tellCondition(condition, role, now());
      }
    });
  }

  #tellCondition({ kind, facts }: Condition, audience: readonly Role[], nowMs: number): void {
    const told = this.#store.toldAt(kind);
    if (told !== undefined && nowMs - told < againMs) return;
    this.#store.setTold(kind, nowMs);
    this.#add(withRole(this.#active(), ...audience), { kind, facts });
  }

  #add(people: readonly UserId[], notice: NewNotice): void {
    const { outbox, now } = this.#o;
    for (const id of people) {
      const added = this.#store.add(id, notice, now());
      const { address, language, kinds } = this.#settings.of(id);
      if (kinds.includes(notice.kind) && this.#settings.isOurs(address))
        outbox.addMail(address, language, added);
    }
    // Once, whoever hears of it.
    outbox.addWebhook({ ...notice, id: 0, atMs: now(), isRead: false });
  }

  #peopleOf(audience: Audience, people: readonly Account[]): readonly UserId[] {
    if ("role" in audience) return withRole(people, audience.role);
    if ("approval" in audience) return this.#o.deciders(audience.approval, people);
    return people.flatMap(({ id, name }) => (name === audience.person ? [id] : []));
  }

  #active(): readonly Account[] {
    return this.#o.accounts().filter(({ disabled }) => !disabled);
  }

  async #repeat(event: string, pauseMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        // The next round does what this one could not.
        this.#o.log.error({ event, outcome: "failure", reason: describeError(error) });
      }
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function withRole(people: readonly Account[], ...roles: readonly Role[]): readonly UserId[] {
  return people
    .filter((account) => account.roles.some((role) => roles.includes(role)))
    .map(({ id }) => id);
}

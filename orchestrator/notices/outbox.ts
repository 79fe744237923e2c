/**
 * What goes out by mail and by webhook, kept in the database until it is taken: a restart loses nothing, a server that
 * is away gets it later. A person's notices that wait go in one mail, and nobody gets more than one mail a minute.
 */
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { describeError } from "../base/errors.ts";
import { Mutex } from "../base/mutex.ts";
import type { Log } from "../base/log.ts";
import { migrate } from "../store/database.ts";
import { composeMail } from "./mail/compose.ts";
import { type MailServer, MailRefused, sendMail } from "./mail/send.ts";
import type { Language, Notice } from "./types.ts";
import { words } from "./words.ts";
import { postWebhook, type Webhook } from "./webhook/post.ts";

export const outboxSteps = [
  `CREATE TABLE notice_outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     address TEXT, language TEXT,
     notice TEXT NOT NULL,
     created_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
   ) STRICT`,
  "CREATE INDEX notice_outbox_next ON notice_outbox (next_ms)",
];

export interface OutboxParts {
  readonly database: DatabaseSync;
  readonly log: Log;
  readonly now: () => number;
  /** Of this installation: ids of what goes out are told from those of others. */
  readonly installation: string;
  /** Where the portal is, for links. */
  readonly portal: string | undefined;
  readonly mail?: { readonly server: MailServer; readonly from: string };
  readonly webhook?: Webhook;
  readonly pauseMs?: number;
}

const row = z.object({
  id: z.int(),
  address: z.string().nullable(),
  language: z.enum(["ja", "en"]).nullable(),
  notice: z.string(),
  created_ms: z.int(),
  attempts: z.int(),
});
type Row = z.infer<typeof row>;

const perRound = 200;
const perMail = 50;
const betweenMailsMs = 60_000;
const sendMs = 30_000;
const firstPauseMs = 30_000;
const longestPauseMs = 3_600_000;
/** Then it is given up, and the log says so. */
const keptMs = 3 * 24 * 3_600_000;

export class Outbox implements AsyncDisposable {
  readonly #o: OutboxParts;
  readonly #mutex = new Mutex();
  readonly #end = new AbortController();
  readonly #mailed = new Map<string, number>();
  readonly #running: Promise<void>;

  constructor(parts: OutboxParts) {
    migrate(parts.database, "notice-outbox", outboxSteps);
    this.#o = parts;
    this.#running = this.#run();
  }

  /** What is being sent is sent to its end or its time, whichever is first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  /** In the caller's transaction. Nothing where no mail server is configured. */
  addMail(address: string, language: Language, notice: Notice): void {
    if (this.#o.mail) this.#add(address, language, notice);
  }

  /** The same for the webhook. */
  addWebhook(notice: Notice): void {
    if (this.#o.webhook) this.#add(null, null, notice);
  }

  #add(address: string | null, language: Language | null, notice: Notice): void {
    const nowMs = this.#o.now();
    this.#o.database
      .prepare(
        "INSERT INTO notice_outbox (address, language, notice, created_ms, next_ms) VALUES (?, ?, ?, ?, ?)",
      )
      .run(address, language, JSON.stringify(notice), nowMs, nowMs);
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.flush();
      } catch (error) {
        this.#o.log.error({ event: "notice-outbox", reason: describeError(error) });
      }
      await wait(this.#o.pauseMs ?? 5_000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Everything that is due, once; one at a time, so that nothing is sent twice. */
  flush(): Promise<void> {
    return this.#mutex.run(() => this.#flush());
  }

  /** Side by side: a server that is silent keeps the other kind waiting no more than one that answers. */
  async #flush(): Promise<void> {
    const both = await Promise.allSettled([this.#flushWebhook(), this.#flushMail()]);
    for (const each of both) if (each.status === "rejected") throw each.reason;
  }

  async #flushWebhook(): Promise<void> {
    for (const each of this.#due("address IS NULL", perRound))
      if ((await this.#try([each], () => this.#post(each))) === "away") return;
  }

  async #flushMail(): Promise<void> {
    const { database, now } = this.#o;
    const addresses = database
      .prepare(
        `SELECT address, min(id) AS first FROM notice_outbox
         WHERE address IS NOT NULL AND next_ms <= ? GROUP BY address ORDER BY first`,
      )
      .all(now())
      .map((each) => z.string().parse(each["address"]))
      .filter((address) => now() - (this.#mailed.get(address) ?? 0) >= betweenMailsMs);
    for (const address of addresses) {
      const rows = this.#due("address = ?", perMail, address);
      if ((await this.#try(rows, () => this.#mail(address, rows))) === "away") return;
    }
  }

  #due(where: string, most: number, ...values: readonly string[]): readonly Row[] {
    return this.#o.database
      .prepare(`SELECT * FROM notice_outbox WHERE ${where} AND next_ms <= ? ORDER BY id LIMIT ?`)
      .all(...values, this.#o.now(), most)
      .map((each) => row.parse(each));
  }

  /** "away": its server may be, and the rest of this round would only wait for it as well. */
  async #try(rows: readonly Row[], send: () => Promise<void>): Promise<"away" | "settled"> {
    if (this.#end.signal.aborted) return "away";
    const { log, now, database } = this.#o;
    const [first] = rows;
    const event = first?.address === null ? "notice-webhook" : "notice-mail";
    const forget = database.prepare("DELETE FROM notice_outbox WHERE id = ?");
    try {
      await send();
      for (const { id } of rows) forget.run(id);
      return "settled";
    } catch (error) {
      const reason = describeError(error).slice(0, 500);
      const later = database.prepare(
        "UPDATE notice_outbox SET attempts = attempts + 1, next_ms = ? WHERE id = ?",
      );
      for (const { id, attempts, created_ms: createdMs } of rows) {
        const isOver = error instanceof MailRefused || now() - createdMs >= keptMs;
        if (isOver) forget.run(id);
        else later.run(now() + Math.min(longestPauseMs, firstPauseMs * 2 ** attempts), id);
        log.error({ event, outcome: isOver ? "given-up" : "failure", id, attempts, reason });
      }
      return error instanceof MailRefused ? "settled" : "away";
    }
  }

  async #mail(address: string, rows: readonly Row[]): Promise<void> {
    const { mail, portal, now } = this.#o;
    if (!mail) return;
    const notices = rows
      .map((each) => parse(each))
      .map((each) => ({ ...each, words: words(each) }));
    const composed = composeMail({
      ...{ from: mail.from, to: address, language: rows[0]?.language ?? "ja", notices, portal },
      ...{ id: this.#idOf(rows[0]), nowMs: now() },
    });
    await sendMail(mail.server, composed, AbortSignal.timeout(sendMs));
    this.#mailed.set(address, now());
  }

  async #post(one: Row): Promise<void> {
    const { webhook, now, portal } = this.#o;
    if (!webhook) return;
    const notice = parse(one);
    const { kind, facts, atMs } = notice;
    const { ja, en, href } = words(notice);
    const id = this.#idOf(one);
    const link = portal === undefined ? {} : { link: `${portal}${href}` };
    const body = JSON.stringify({
      id,
      kind,
      at: new Date(atMs).toISOString(),
      facts,
      ja,
      en,
      ...link,
    });
    await postWebhook(webhook, { id, body, nowMs: now() }, AbortSignal.timeout(sendMs));
  }

  /** The same at every try: who receives it can tell that it came before. */
  #idOf(one: Row | undefined): string {
    return `${this.#o.installation}.${one?.id ?? 0}.${one?.created_ms ?? 0}`;
  }
}

const parse = ({ notice }: Row): Notice => JSON.parse(notice) as Notice;

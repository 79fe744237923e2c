/**
 * Keeps the copies of the policy's feeds fresh: looks on a schedule, with jitter and back-off, one feed at a
 * time, and puts what is taken into the policy's folder while nobody loads it. A copy that changes too much
 * is kept beside, in force only once somebody accepts exactly that one. Whatever goes wrong, the last good
 * copy stays in force (until it is too old, where the policy says `on_stale: drop`), and status, log and
 * audit log say so.
 */
import { copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import type { CompiledFeed, CompiledPolicy } from "../../../policies/compiled.ts";
import type { Looked } from "../../../proxy/feeds/ipc.ts";
import type { AuditLog } from "../../audit/events.ts";
import { AppError, describeError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { Mutex } from "../../base/mutex.ts";
import type { FeedView } from "../../http/overview-contract.ts";
import type { ParentSecrets } from "../parent-secrets.ts";
import { type FeedRunParts, runFeed } from "./feed-run.ts";
import { type FeedState, FeedStates } from "./feed-state.ts";
import { bringBackCopy, emptyCopy } from "./stale-copy.ts";

export interface FeedsOptions extends FeedRunParts {
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly now: () => number;
  /** The policy's folder; copies lie in feeds/ below it. */
  readonly policyFolder: string;
  /** Copies that wait for a person, and unfinished ones. On the same file system. */
  readonly heldFolder: string;
  /** Runs something while nobody loads the policy's folder, then loads it. Resolves with its mistakes' files. */
  readonly exclusively: (work: () => Promise<void>) => Promise<readonly string[]>;
}

const firstPauseMs = 60_000;
const longestPauseMs = 6 * 3_600_000;
/** Timers cannot wait longer than 24 days; nothing is lost by looking at the clock each hour. */
const longestWaitMs = 3_600_000;

interface Wanted {
  readonly policy: CompiledPolicy;
  readonly secrets: ParentSecrets;
}

export class Feeds implements AsyncDisposable {
  readonly #o: FeedsOptions;
  readonly #states: FeedStates;
  readonly #turn = new Mutex();
  readonly #stop = new AbortController();
  readonly #running = new Set<string>();
  #wanted: Wanted | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FeedsOptions) {
    this.#o = options;
    this.#states = new FeedStates(options.database);
  }

  /** Called with every policy that came into force. */
  configure(policy: CompiledPolicy, secrets: ParentSecrets = {}): void {
    this.#wanted = { policy, secrets };
    this.#schedule();
  }

  status(): FeedView[] {
    return this.#feeds().map((feed) => {
      const state = this.#states.of(feed.name, feed.url);
      const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
      return {
        name: feed.name,
        url: feed.url,
        lists: [...feed.lists],
        owner: feed.owner ?? "",
        outcome: this.#running.has(feed.name) ? "running" : (state.outcome ?? "waiting"),
        ja: state.ja,
        en: state.en,
        lookedAt: at(state.lookedAtMs),
        goodAt: at(state.goodAtMs),
        changedAt: at(state.changedAtMs),
        nextAt: at(state.nextAtMs === 0 ? null : state.nextAtMs),
        isOld: this.#isOld(feed, state),
        isDropped: state.droppedAtMs !== null,
        failures: state.failures,
        held: state.held,
      };
    });
  }

  /** Looks now, whatever the schedule says. Throws NOT_FOUND. */
  async look(name: string): Promise<FeedView> {
    await this.#turn.run(async () => {
      await this.#look(this.#named(name));
      await this.#settleAll();
    });
    this.#schedule();
    return this.#viewOf(name);
  }

  /** Puts the held copy in force, exactly as it was fetched. Throws NOT_FOUND. */
  async accept(
    name: string,
    by: { readonly id: string; readonly name: string },
  ): Promise<FeedView> {
    await this.#turn.run(async () => {
      const feed = this.#named(name);
      const state = this.#states.of(name, feed.url);
      const held = this.#heldFile(name);
      if (state.held === null || !(await exists(held)))
        throw new AppError("NOT_FOUND", { what: "held feed", name });
      const { held: change } = state;
      const taken = { kind: "taken" as const, ja: "受け入れました。", en: "Accepted.", ...change };
      const next = await this.#take(feed, held, taken, state);
      this.#states.put(name, next);
      this.#record(feed, next, { userId: by.id, userName: by.name });
    });
    return this.#viewOf(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort(new AppError("INTERNAL", { reason: "stopping" }));
    await this.#turn.run(() => Promise.resolve());
  }

  #feeds(): readonly CompiledFeed[] {
    return this.#wanted?.policy.feeds ?? [];
  }

  #named(name: string): CompiledFeed {
    const found = this.#feeds().find((feed) => feed.name === name);
    if (!found) throw new AppError("NOT_FOUND", { what: "feed", name });
    return found;
  }

  #viewOf(name: string): FeedView {
    const found = this.status().find((each) => each.name === name);
    if (!found) throw new AppError("NOT_FOUND", { what: "feed", name });
    return found;
  }

  #isOld(feed: CompiledFeed, { goodAtMs }: FeedState): boolean {
    const { maxAgeMs } = feed;
    return maxAgeMs !== undefined && this.#o.now() - (goodAtMs ?? 0) > maxAgeMs;
  }

  /** Empties the copy of a feed that is too old to be used, and brings it back once it is not. */
  async #settle(feed: CompiledFeed): Promise<void> {
    const { name } = feed;
    const state = this.#states.of(name, feed.url);
    const isDropped = state.droppedAtMs !== null;
    const mustBe = feed.dropWhenOld === true && this.#isOld(feed, state);
    if (isDropped === mustBe) return;
    const waiting = this.#waitingFile(name);
    const places = {
      ...{ inForce: this.#copyFile(name), waiting },
      exclusively: this.#o.exclusively,
    };
    if (mustBe) {
      const isKept = state.sha256 !== null && (await hashOf(waiting)) === state.sha256;
      await emptyCopy(places, `${name} ${feed.url}: max_age, on_stale: drop`, isKept);
    } else await bringBackCopy(places);
    this.#states.put(name, { ...state, droppedAtMs: mustBe ? this.#o.now() : null });
    const reason = mustBe ? "dropped" : "brought-back";
    this.#o.log.warn({ event: "feed", outcome: reason, feed: name });
    this.#o.audit.write({
      ...{
        action: "feed",
        outcome: mustBe ? "refused" : "success",
        target: `feed ${name}`,
        reason,
      },
      details: { url: feed.url },
    });
  }

  #schedule(leastMs = 0): void {
    clearTimeout(this.#timer);
    if (this.#stop.signal.aborted || this.#feeds().length === 0) return;
    const next = Math.min(
      ...this.#feeds().map((feed) => {
        const { nextAtMs, goodAtMs, droppedAtMs } = this.#states.of(feed.name, feed.url);
        const mayOldAt = feed.dropWhenOld === true && droppedAtMs === null && goodAtMs !== null;
        return mayOldAt ? Math.min(nextAtMs, goodAtMs + (feed.maxAgeMs ?? 0) + 1) : nextAtMs;
      }),
    );
    const waitMs = Math.max(leastMs, Math.min(longestWaitMs, next - this.#o.now()));
    this.#timer = setTimeout(() => {
      this.#lookAtDue().then(
        () => this.#schedule(),
        (error: unknown) => {
          // What it found could not be kept (disk full), so that every feed is still due: not at once.
          this.#o.log.error({ event: "feeds", outcome: "failure", reason: describeError(error) });
          this.#schedule(firstPauseMs);
        },
      );
    }, waitMs);
    this.#timer.unref();
  }

  async #lookAtDue(): Promise<void> {
    for (const { name, url } of this.#feeds()) {
      if (this.#stop.signal.aborted) return;
      if (this.#states.of(name, url).nextAtMs > this.#o.now()) continue;
      await this.#turn.run(async () => {
        // The policy may have changed while another feed was looked at.
        const feed = this.#feeds().find((each) => each.name === name);
        if (feed) await this.#look(feed);
      });
    }
    await this.#turn.run(() => this.#settleAll());
  }

  async #settleAll(): Promise<void> {
    for (const feed of this.#feeds()) {
      if (this.#stop.signal.aborted) return;
      try {
        await this.#settle(feed);
      } catch (error) {
        const reason = describeError(error);
        this.#o.log.error({ event: "feed", outcome: "failure", feed: feed.name, reason });
      }
    }
  }

  async #look(feed: CompiledFeed): Promise<void> {
    const { name } = feed;
    const before = this.#states.of(name, feed.url);
    this.#running.add(name);
    try {
      const next = await this.#outcomeOf(feed, before);
      this.#states.put(name, next);
      this.#record(feed, next, {});
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const reason = describeError(error);
      this.#o.log.error({ event: "feed", outcome: "failure", feed: name, reason });
      const failed = {
        kind: "unreachable" as const,
        ja: "取得の途中で失敗しました。前の内容が有効です。自動でやり直します。",
        en: "Fetching failed on the way. The last good copy stays; it is tried again.",
      };
      const next = this.#after(feed, before, failed);
      this.#states.put(name, next);
      this.#record(feed, next, {});
    } finally {
      this.#running.delete(name);
    }
  }

  async #outcomeOf(feed: CompiledFeed, state: FeedState): Promise<FeedState> {
    const { heldFolder } = this.#o;
    const wanted = this.#wanted;
    if (!wanted) throw new AppError("INTERNAL", { reason: "no policy" });
    await mkdir(heldFolder, { recursive: true, mode: 0o700 });
    const copy = join(heldFolder, `${feed.name}.new`);
    await rm(copy, { force: true });
    const waiting = this.#waitingFile(feed.name);
    const current =
      state.droppedAtMs !== null && (await exists(waiting)) ? waiting : this.#copyFile(feed.name);
    const sha256 = await hashOf(current);
    // Validators speak of the copy that we put there; of any other file they say nothing.
    const isOurs = sha256 !== undefined && sha256 === state.sha256;
    const known = isOurs
      ? { etag: state.etag ?? undefined, lastModified: state.lastModified ?? undefined }
      : {};
    const former = sha256 === undefined ? undefined : current;
    try {
      const looked = await runFeed(
        this.#o,
        { feed, ...wanted, known, former, copy },
        this.#stop.signal,
      );
      if (looked.kind === "taken") return await this.#take(feed, copy, looked, state);
      const next = this.#after(feed, state, looked);
      if (looked.kind !== "held") return next;
      await rename(copy, this.#heldFile(feed.name));
      const { entries = 0, added = 0, removed = 0 } = looked;
      return { ...next, held: { entries, added, removed } };
    } finally {
      await rm(copy, { force: true });
    }
  }

  /** When the policy with the new copy has mistakes, the former copy comes back. */
  async #take(
    feed: CompiledFeed,
    copy: string,
    looked: Pick<Looked, "kind" | "ja" | "en" | "etag" | "lastModified" | "entries">,
    state: FeedState,
  ): Promise<FeedState> {
    const target = this.#copyFile(feed.name);
    const aside = join(this.#o.heldFolder, `${feed.name}.old`);
    // Beside its place, so that a rename puts it there whole, wherever the policy's folder lies.
    const fresh = join(dirname(target), `.hanare-new-${feed.name}`);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(copy, fresh);
    await rm(aside, { force: true });
    if (await exists(target)) await copyFile(target, aside);
    const sha256 = (await hashOf(fresh)) ?? null;
    const wrong = await this.#o.exclusively(() => rename(fresh, target));
    if (wrong.includes(target)) {
      await this.#o.exclusively(async () => {
        await rm(target, { force: true });
        if (await exists(aside)) await copyFile(aside, target);
      });
      return this.#after(feed, state, {
        kind: "refused",
        ja: "新しい内容ではポリシーに誤りが出るため、前の内容に戻しました。",
        en: "With the new content the policy has mistakes; the former content is back.",
      });
    }
    await rm(aside, { force: true });
    for (const past of [this.#heldFile(feed.name), this.#waitingFile(feed.name)])
      await rm(past, { force: true });
    return {
      ...this.#after(feed, state, looked),
      ...{ sha256, changedAtMs: this.#o.now(), held: null, droppedAtMs: null },
    };
  }

  #after(
    feed: CompiledFeed,
    state: FeedState,
    looked: Pick<Looked, "kind" | "ja" | "en" | "etag" | "lastModified">,
  ): FeedState {
    const now = this.#o.now();
    const { kind, ja, en } = looked;
    const isGood = kind === "taken" || kind === "unchanged";
    const failures = isGood ? 0 : state.failures + 1;
    // A held or refused copy will be the same for a while: no reason to hurry.
    const pauseMs =
      kind === "unreachable"
        ? Math.min(feed.everyMs, longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 10))
        : feed.everyMs;
    return {
      ...state,
      ...{ outcome: kind, ja, en, failures, lookedAtMs: now },
      // Thousands of installations must not ask a list's server in the same second.
      nextAtMs: Math.round(now + pauseMs * (0.9 + 0.2 * Math.random())),
      ...(isGood && {
        goodAtMs: now,
        etag: looked.etag ?? null,
        lastModified: looked.lastModified ?? null,
        held: null,
      }),
    };
  }

  #record(
    feed: CompiledFeed,
    { outcome, en, held, failures }: FeedState,
    by: { readonly userId?: string; readonly userName?: string },
  ): void {
    const { name, url } = feed;
    this.#o.log.info({ event: "feed", outcome, feed: name, failures, reason: en });
    // What did not change leaves no trace in the audit log, and neither does the tenth failure in a row.
    if (outcome === "unchanged" || outcome === null || (outcome === "unreachable" && failures > 1))
      return;
    this.#o.audit.write({
      action: "feed",
      outcome: outcome === "taken" ? "success" : outcome === "unreachable" ? "failure" : "refused",
      ...by,
      target: `feed ${name}`,
      reason: outcome,
      details: {
        url,
        message: en.slice(0, 1000),
        ...(held && { added: held.added, removed: held.removed }),
      },
    });
  }

  #copyFile(name: string): string {
    return join(this.#o.policyFolder, "feeds", `${name}.txt`);
  }

  /** The last good copy of a feed whose copy in force was emptied. */
  #waitingFile(name: string): string {
    return join(this.#o.heldFolder, `${name}.good.txt`);
  }

  #heldFile(name: string): string {
    return join(this.#o.heldFolder, `${name}.held.txt`);
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Undefined for what is not there. */
async function hashOf(path: string): Promise<string | undefined> {
  if (!(await exists(path))) return undefined;
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest("hex");
}

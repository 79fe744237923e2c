/**
 * The policy desk: every change of the policy in force goes through here or is noticed here. A candidate is
 * tried, checked against the version it was made from, written down, put into the folder and then loaded;
 * whichever step the process dies at, the next start finds the old version or the new one, never a mix.
 * Files edited by hand become versions too. What loses against another edit is kept in the history.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { AuditLog } from "../audit/events.ts";
import { deadline } from "../base/deadline.ts";
import { AppError } from "../base/errors.ts";
import { Mutex } from "../base/mutex.ts";
import { activate, type ActivateParts, completeActivation } from "./activate.ts";
import { candidateTree } from "./candidate.ts";
import { lookPrefix, ObjectStore } from "./objects.ts";
import { runTrial } from "./run-trial.ts";
import { fileOf, type Tree, TreeReader } from "./tree.ts";
import type { CandidateSource, PublishOutcome, PublishRequest, Trial } from "./types.ts";
import { type Author, type Version, Versions, type VersionSource } from "./versions.ts";

/** Runs something while nobody loads the policy's folder, then loads it. Resolves with the version in force. */
export type Exclusively = (
  work: () => Promise<void>,
) => Promise<{ readonly inForce: string | undefined }>;

export interface PolicyDeskOptions {
  readonly database: DatabaseSync;
  /** Main file of the policy. */
  readonly file: string;
  readonly historyDir: string;
  readonly decisionsDir: string;
  readonly audit: AuditLog;
  readonly now: () => number;
  /** People per group, for lint. */
  readonly members: () => readonly (readonly [group: string, people: number])[];
  /** Called at each step of an activation; tests stop there. */
  readonly onStep?: ActivateParts["onStep"];
}

/** Somebody else was first: at which file, and the version that keeps what was meant, where there is one. */
interface Lost {
  readonly path: string | null;
  readonly kept?: number;
}

const trialMs = 10 * 60_000;
/** Each is a whole copy of somebody else's list, and nobody wrote it. */
const keptFeedVersions = 30;
const system: Author = { id: null, name: "" };

export class PolicyDesk {
  readonly versions: Versions;
  readonly #o: PolicyDeskOptions;
  readonly #objects: ObjectStore;
  readonly #folder: string;
  readonly #main: string;
  readonly #reader: TreeReader;
  readonly #turn = new Mutex();
  readonly #looks = new Mutex();
  #isHalfWritten = false;

  constructor(options: PolicyDeskOptions) {
    this.#o = options;
    this.versions = new Versions(options.database, options.now);
    this.#objects = new ObjectStore(join(options.historyDir, "objects"));
    this.#folder = dirname(options.file);
    this.#main = basename(options.file);
    this.#reader = new TreeReader(this.#folder);
  }

  /** Before anything loads the policy: finishes what a crash interrupted and clears what it left. */
  async recover(): Promise<void> {
    const { historyDir } = this.#o;
    await mkdir(join(historyDir, "objects"), { recursive: true, mode: 0o700 });
    for (const name of await readdir(historyDir))
      if (name.startsWith(lookPrefix)) await rm(join(historyDir, name), { recursive: true });
    await this.#objects.sweep(this.versions.objects());
    const unfinished = this.versions.unfinished();
    if (!unfinished) return this.#keepCurrent();
    const base = this.versions.current();
    await completeActivation(this.#parts(), unfinished.tree, base?.tree, async (path, full) => {
      const file = await this.#objects.putFile(path, full);
      const files = (base?.tree.files ?? []).filter((each) => each.path !== path);
      this.#setAside({ id: "", files: [...files, file] }, system, base?.number ?? null);
    });
    this.versions.finish(unfinished.number);
    this.#record(unfinished, { reason: "recovered" });
  }

  /** A data directory brought back without its history: what is in force at least is kept again. */
  async #keepCurrent(): Promise<void> {
    for (const { path, sha256 } of this.versions.current()?.tree.files ?? []) {
      if (await this.#objects.has(sha256)) continue;
      const found = await this.#reader.readFile(path);
      if (found?.sha256 === sha256) await this.#objects.putFile(path, join(this.#folder, path));
    }
  }

  /** True while the folder may hold a mix: whoever loads it must wait. */
  isHalfWritten(): boolean {
    return this.#isHalfWritten;
  }

  /** The folder was loaded: a content that no version has yet was written by hand. */
  async noticed(files: readonly string[], compiled: string): Promise<void> {
    const paths = files.map((file) => relative(this.#folder, file));
    const seen = await this.#reader.read(paths);
    const current = this.versions.current();
    if (seen.id === current?.tree.id || this.versions.unfinished()) return;
    const tree = await this.#objects.putTree(this.#folder, seen);
    const fetched = current ? feedsBetween(current.tree, tree) : [];
    const version = this.versions.record(
      {
        tree,
        compiled,
        source: fetched.length > 0 ? "feed" : current ? "disk" : "start",
        author: system,
        note: fetched.join(", "),
        base: current?.number ?? null,
      },
      true,
    );
    this.#record(version);
    for (const sha256 of this.versions.pruneFeeds(keptFeedVersions))
      await this.#objects.remove(sha256);
  }

  /** Tries a candidate without publishing anything. */
  async tryOut(
    source: CandidateSource,
    base: number,
    replayMs: number | undefined,
    signal: AbortSignal,
    onProgress?: (share: number) => void,
  ): Promise<Trial> {
    const from = this.versions.get(base);
    const tree = await this.#candidate(source, from.tree);
    return this.#try(tree, this.versions.current()?.tree, replayMs, signal, onProgress);
  }

  /** One publication at a time. Throws EDIT_NOT_POSSIBLE, NOT_FOUND, BAD_REQUEST. */
  publish(request: PublishRequest, exclusively: Exclusively): Promise<PublishOutcome> {
    return this.#turn.run(() => this.#publish(request, exclusively));
  }

  /**
   * What is known of a kept version, compared with another one where one is named. One at a time, and in a
   * thread: with big lists this takes seconds, and sessions are carried by this one.
   */
  look(number: number, before: number | null): Promise<Trial> {
    const { tree } = this.versions.get(number);
    const from = before === null ? undefined : this.versions.get(before).tree;
    return this.#looks.run(() =>
      this.#try(tree, from, undefined, deadline(trialMs, "policy look")),
    );
  }

  /** Text of one file of a version; undefined when it has none of that name. */
  async fileText(number: number, path: string): Promise<string | undefined> {
    const file = fileOf(this.versions.get(number).tree, path);
    return file && this.#objects.text(file);
  }

  async #publish(request: PublishRequest, exclusively: Exclusively): Promise<PublishOutcome> {
    const base = this.versions.get(request.base);
    const tree = await this.#candidate(request.source, base.tree);
    const current = this.versions.current();
    if (tree.id === current?.tree.id) return { outcome: "unchanged" };
    const signal = deadline(trialMs, "publish");
    const trial = await this.#try(tree, current?.tree, request.replayMs, signal);
    if (!trial.ok) {
      const reason = trial.compiled === null ? "problems" : "tests";
      this.#recordAttempt(request, reason);
      return { outcome: "refused", reason, trial };
    }
    if (current?.number !== base.number) return this.#conflict(request, tree, { path: null });
    return this.#activate(request, tree, trial, base, exclusively);
  }

  async #activate(
    request: PublishRequest,
    tree: Tree,
    trial: Trial,
    base: Version,
    exclusively: Exclusively,
  ): Promise<PublishOutcome> {
    let outcome: Version | Lost | undefined;
    const { inForce } = await exclusively(async () => {
      outcome = await this.#replaceFiles(request, tree, trial, base);
    });
    if (!outcome) throw new AppError("INTERNAL", { reason: "publication did not run" });
    if (!("number" in outcome)) return this.#conflict(request, tree, outcome);
    return {
      outcome: "published",
      version: outcome,
      trial,
      inForce: inForce === trial.compiled,
    };
  }

  /** Nobody loads the folder meanwhile. */
  async #replaceFiles(
    request: PublishRequest,
    tree: Tree,
    trial: Trial,
    base: Version,
  ): Promise<Version | Lost> {
    // A hand edit may have become a version while the candidate was tried.
    if (this.versions.current()?.number !== base.number) return { path: null };
    const { author, note, as } = request;
    const version = this.versions.begin({
      ...{ tree, author, note },
      compiled: trial.compiled,
      source: as,
      base: base.number,
    });
    this.#isHalfWritten = true;
    try {
      const result = await activate(this.#parts(), tree, base.tree);
      if (result.outcome === "conflict") {
        this.versions.abandon(version.number);
        this.#isHalfWritten = false;
        return { path: result.path, kept: version.number };
      }
      this.#record(version, request);
      this.versions.finish(version.number);
      this.#isHalfWritten = false;
      return version;
    } catch (error) {
      await this.#restore(version, base.tree);
      throw error;
    }
  }

  /** When this fails too, the folder stays closed to loading and the next start finishes the version. */
  async #restore(version: Version, base: Tree): Promise<void> {
    await completeActivation(this.#parts(), base, version.tree, async (path, full) => {
      const file = await this.#objects.putFile(path, full);
      this.#setAside({ id: "", files: [file] }, system, version.base);
    });
    this.versions.abandon(version.number);
    this.#isHalfWritten = false;
  }

  #conflict(request: PublishRequest, tree: Tree, { path, kept: known }: Lost): PublishOutcome {
    const kept = known ?? this.#setAside(tree, request.author, request.base, request.note);
    this.#recordAttempt(request, "conflict");
    return {
      outcome: "conflict",
      current: this.versions.current()?.number ?? kept,
      kept,
      path,
    };
  }

  #setAside(tree: Tree, author: Author, base: number | null, note = ""): number {
    return this.versions.record(
      { tree, compiled: null, source: "set-aside", author, note, base },
      false,
    ).number;
  }

  #candidate(source: CandidateSource, base: Tree): Promise<Tree> {
    const version = (number: number) => this.versions.get(number);
    return candidateTree({ objects: this.#objects, main: this.#main, version }, source, base);
  }

  /** @param current what it is compared with, and what a replay asks besides it */
  #try(
    tree: Tree,
    current: Tree | undefined,
    replayMs: number | undefined,
    signal: AbortSignal,
    onProgress?: (share: number) => void,
  ): Promise<Trial> {
    const now = this.#o.now();
    const input = {
      now,
      members: this.#o.members(),
      replay:
        replayMs === undefined ? null : { folder: this.#o.decisionsDir, fromMs: now - replayMs },
    };
    return this.#laidOut(tree, (candidate) =>
      current
        ? this.#laidOut(current, (file) =>
            runTrial({ ...input, candidate, current: file }, signal, onProgress),
          )
        : runTrial({ ...input, candidate, current: null }, signal, onProgress),
    );
  }

  #laidOut<T>(tree: Tree, work: (file: string) => Promise<T>): Promise<T> {
    return this.#objects.withLaidOut(tree, this.#o.historyDir, (folder) =>
      work(join(folder, this.#main)),
    );
  }

  #parts(): ActivateParts {
    const { onStep } = this.#o;
    return { folder: this.#folder, objects: this.#objects, ...(onStep && { onStep }) };
  }

  #record(
    version: Version,
    { reason, terminal }: { readonly reason?: string; readonly terminal?: string } = {},
  ): void {
    const { number, source, author, note, base, tree } = version;
    this.#o.audit.write({
      action: actionOf(source),
      outcome: "success",
      ...(author.id !== null && { userId: author.id }),
      ...(author.name !== "" && { userName: author.name }),
      ...(terminal !== undefined && { terminal }),
      target: `policy ${number}`,
      ...(reason !== undefined && { reason }),
      details: {
        source,
        ...(note !== "" && { note: note.slice(0, 1000) }),
        ...(base !== null && { base }),
        tree: tree.id,
        ...(version.compiled !== null && { version: version.compiled }),
      },
    });
  }

  #recordAttempt(request: PublishRequest, reason: string): void {
    const { author, as, base, note, terminal } = request;
    this.#o.audit.write({
      action: actionOf(as),
      outcome: "refused",
      ...(author.id !== null && { userId: author.id }),
      userName: author.name,
      ...(terminal !== undefined && { terminal }),
      target: `policy ${base}`,
      reason,
      details: { source: as, note: note.slice(0, 1000) },
    });
  }
}

/** Names of the feeds that brought new copies, when nothing else changed; none otherwise. */
function feedsBetween(before: Tree, after: Tree): string[] {
  const paths = [...before.files, ...after.files].map(({ path }) => path);
  const changed = [...new Set(paths)].filter(
    (path) => fileOf(before, path)?.sha256 !== fileOf(after, path)?.sha256,
  );
  const names = changed.map((path) => /^feeds\/(.+)\.txt$/.exec(path)?.[1]);
  return names.every((name) => name !== undefined) ? names : [];
}

function actionOf(source: VersionSource) {
  return source === "rollback" ? ("policy-rollback" as const) : ("policy-publish" as const);
}

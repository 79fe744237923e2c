/**
 * Watches the policy file and its lists: loads at once, then whenever one of them changes. A bad file
 * changes nothing but the list of problems: the policy in force stays until a good one is there.
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { CompiledPolicy } from "../../policies/compiled.ts";
import { sizeOf } from "../../policies/entry-table.ts";
import { expiredOf } from "../../policies/expired.ts";
import { type LoadResult, loadPolicy } from "../../policies/load.ts";
import type { IndexStore } from "../../policies/index/store.ts";
import { type PreparedPolicy, preparePolicy } from "../../policies/match.ts";
import { formatProblem, type Problem } from "../../policies/problem.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { Mutex } from "../base/mutex.ts";
import type { PolicyStatus } from "../http/overview-contract.ts";
import { isHalfWritten, settledAfterMs } from "./half-written.ts";

export interface PolicyWatchOptions {
  readonly file: string;
  /** Where snapshots of big lists are kept; without one each load makes them anew. */
  readonly lists?: IndexStore;
  readonly log: Log;
  /** Awaited before the policy counts as loaded; when it throws, the policy is offered again. */
  readonly onPolicy: (policy: CompiledPolicy) => Promise<void> | void;
  /** Called once decisions go by a new policy. */
  readonly onInForce?: (policy: CompiledPolicy) => void;
  /** Called when the set of problems changes; empty once the file is good again. */
  readonly onProblems: (problems: readonly Problem[]) => void;
  /** Called after each good load with the files it was made from, also when only comments changed. */
  readonly onFiles?: (files: readonly string[], version: string) => Promise<void>;
  /** While true the folder may hold a mix of two versions and is left alone. */
  readonly isHalfWritten?: () => boolean;
}

export interface PolicyWatch extends AsyncDisposable {
  /** Without the feeds, which are another service's. */
  status(): Omit<PolicyStatus, "feeds">;
  /** Undefined while no good policy has been seen. */
  policy(): CompiledPolicy | undefined;
  /** The same, ready to be asked: for explanations and the like. */
  prepared(): PreparedPolicy | undefined;
  /** Looks now; resolves when the outcome is in force. */
  reload(): Promise<void>;
  /** Runs `work` while nothing is loaded, then loads. Resolves with the version in force. */
  exclusively(work: () => Promise<void>): Promise<{ readonly inForce: string | undefined }>;
}

/** Long enough for an editor to finish writing, short enough that nobody waits for it. */
const debounceMs = 15;
const pollMs = 2_000;

export async function watchPolicy(options: PolicyWatchOptions): Promise<PolicyWatch> {
  const watcher = new Watcher(options);
  await watcher.reload();
  watcher.start();
  return watcher;
}

class Watcher implements PolicyWatch {
  readonly #options: PolicyWatchOptions;
  readonly #turn = new Mutex();
  readonly #folders = new Map<string, FSWatcher>();
  #policy: CompiledPolicy | undefined;
  #prepared: PreparedPolicy | undefined;
  #loadedAt = new Date(0);
  #problems: readonly Problem[] = [];
  #files: readonly string[];
  #seen = "";
  #debounce: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(options: PolicyWatchOptions) {
    this.#options = options;
    this.#files = [options.file];
  }

  policy(): CompiledPolicy | undefined {
    return this.#policy;
  }

  prepared(): PreparedPolicy | undefined {
    return this.#prepared;
  }

  status(): Omit<PolicyStatus, "feeds"> {
    const policy = this.#policy;
    return {
      version: policy?.version ?? "",
      loadedAt: this.#loadedAt.toISOString(),
      file: this.#options.file,
      rules: (policy?.rules ?? []).map(({ id, name, action, line, file }) => ({
        id,
        name: name ?? "",
        action,
        line,
        ...(file !== undefined && { file }),
      })),
      lists: (policy?.lists ?? []).map((list) => ({
        id: list.id,
        entries: sizeOf(list),
        takesEdits: list.takesEdits === true,
      })),
      problems: this.#problems.map(({ file, line, column, ja, en }) => ({
        file,
        line,
        column,
        message: `${ja} / ${en}`,
      })),
      permitIp: policy?.guards.permitIp ?? [],
      expired: policy ? expiredOf(policy, Date.now()) : [],
    };
  }

  start(): void {
    // A backstop: events are lost on network file systems, on replaced folders and on full queues.
    this.#poll = setInterval(() => void this.#lookIfChanged(), pollMs);
    this.#poll.unref();
  }

  reload(): Promise<void> {
    return this.#turn.run(() => this.#load());
  }

  exclusively(work: () => Promise<void>): Promise<{ readonly inForce: string | undefined }> {
    return this.#turn.run(async () => {
      // A change by hand that was not looked at yet comes first.
      if ((await fingerprint(this.#files)) !== this.#seen) await this.#load();
      try {
        await work();
      } finally {
        await this.#load();
      }
      return { inForce: this.#policy?.version };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#poll);
    clearTimeout(this.#debounce);
    for (const folder of this.#folders.values()) folder.close();
    this.#folders.clear();
    await this.#turn.run(() => Promise.resolve());
  }

  async #lookIfChanged(): Promise<void> {
    try {
      await this.#turn.run(async () => {
        if ((await fingerprint(this.#files)) === this.#seen) return;
        const half = await Promise.all(this.#files.map((file) => isHalfWritten(file, Date.now())));
        if (half.includes(true)) this.#lookAfter(settledAfterMs);
        else await this.#load();
      });
    } catch (error) {
      // Nobody waits for this look: a record that could not be kept must not end the process.
      this.#options.log.error({
        event: "policy-watch",
        outcome: "failure",
        reason: describeError(error),
      });
    }
  }

  #lookAfter(ms: number): void {
    clearTimeout(this.#debounce);
    this.#debounce = setTimeout(() => void this.#lookIfChanged(), ms);
  }

  async #load(): Promise<void> {
    if (this.#options.isHalfWritten?.() === true) return;
    // Taken before reading: a change during the reading is then seen as a change.
    let seen = await fingerprint(this.#files);
    const result = await loadPolicy(this.#options.file, this.#options.lists);
    if (result.files.join("\n") !== this.#files.join("\n")) {
      this.#files = result.files;
      // The new files were not in the fingerprint: the next poll looks once more.
      seen = "";
    }
    this.#watchFolders();
    if (await this.#take(result)) this.#seen = seen;
  }

  async #take(result: LoadResult): Promise<boolean> {
    if (!result.ok) {
      this.#report(result.problems);
      return true;
    }
    if (result.policy.version !== this.#policy?.version) {
      try {
        await this.#options.onPolicy(result.policy);
      } catch (error) {
        this.#options.log.error({
          event: "policy-load",
          outcome: "failure",
          reason: describeError(error),
        });
        return false;
      }
      this.#policy = result.policy;
      this.#prepared = preparePolicy(result.policy, result.indexes);
      this.#options.onInForce?.(result.policy);
      await this.#options.lists?.keepOnly(new Set(result.indexes.keys()));
      this.#loadedAt = new Date();
      const { version, rules, lists } = result.policy;
      this.#options.log.info({
        event: "policy-load",
        outcome: "success",
        version,
        rules: rules.length,
        lists: lists.length,
      });
    }
    this.#report([]);
    return this.#tellFiles(result.files, result.policy.version);
  }

  /** False when it is to be told again. */
  async #tellFiles(files: readonly string[], version: string): Promise<boolean> {
    try {
      await this.#options.onFiles?.(files, version);
      return true;
    } catch (error) {
      this.#options.log.error({
        event: "policy-files",
        outcome: "failure",
        reason: describeError(error),
      });
      return false;
    }
  }

  #report(problems: readonly Problem[]): void {
    const before = this.#problems.map(formatProblem).join("\n");
    const now = problems.map(formatProblem).join("\n");
    this.#problems = problems;
    if (before === now) return;
    for (const problem of problems) {
      this.#options.log.error({
        event: "policy-load",
        outcome: "refused",
        reason: formatProblem(problem),
      });
    }
    this.#options.onProblems(problems);
  }

  /** Folders, not files: editors and Git replace files, and a watch on a replaced file sees nothing more. */
  #watchFolders(): void {
    const wanted = new Set(this.#files.map((file) => dirname(file)));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) {
      if (!this.#folders.has(folder)) this.#watchFolder(folder);
    }
  }

  #watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookAfter(debounceMs));
      watcher.on("error", () => {
        watcher.close();
        this.#folders.delete(folder);
      });
      this.#folders.set(folder, watcher);
    } catch (error) {
      // The folder is not there (yet); the poll finds it.
      this.#options.log.debug({
        event: "policy-watch",
        outcome: "failure",
        reason: describeError(error),
      });
    }
  }
}

async function fingerprint(files: readonly string[]): Promise<string> {
  const parts = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => undefined);
      return found ? `${file}:${found.ino}:${found.size}:${found.mtimeNs}` : `${file}:absent`;
    }),
  );
  return parts.join("\n");
}

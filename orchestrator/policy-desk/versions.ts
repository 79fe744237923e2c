/**
 * The history of the policy: one row per version, who made it, when, from what and why, and which one is
 * in force. Rows are only ever added; those of feeds alone, which nobody wrote, go when newer ones of that
 * kind are many. `activation` says which version is being put in force: set before
 * the first file is touched and cleared after the last, so that a crash in between is finished at the
 * next start and never loaded as a mix.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import { inTransaction, migrate } from "../store/database.ts";
import { makeTree, type Tree, treeFile } from "./tree.ts";

/** Where a version came from. `set-aside` was never in force: an edit that met another one, kept whole. */
export const versionSources = [
  "set-aside",
  "start",
  "disk",
  "feed",
  "edit",
  "publish",
  "rollback",
] as const;
export type VersionSource = (typeof versionSources)[number];

export interface Author {
  /** Null for the system itself and for files edited by hand, where nobody signed in. */
  readonly id: string | null;
  readonly name: string;
}

export interface NewVersion {
  readonly tree: Tree;
  /** Version of the compiled policy; null when the content was never compiled. */
  readonly compiled: string | null;
  readonly source: VersionSource;
  readonly author: Author;
  readonly note: string;
  readonly base: number | null;
}

export interface Version extends NewVersion {
  readonly number: number;
  readonly atMs: number;
}

export const policyVersionSteps = [
  `CREATE TABLE policy_versions (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     tree TEXT NOT NULL,
     compiled TEXT,
     at_ms INTEGER NOT NULL,
     source TEXT NOT NULL,
     author_id TEXT,
     author_name TEXT NOT NULL,
     note TEXT NOT NULL,
     base INTEGER,
     files TEXT NOT NULL
   ) STRICT`,
  `CREATE TABLE policy_activation (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     current INTEGER REFERENCES policy_versions (number),
     target INTEGER REFERENCES policy_versions (number)
   ) STRICT`,
  "INSERT INTO policy_activation VALUES (1, NULL, NULL)",
];

const row = z.object({
  number: z.int(),
  tree: z.string(),
  compiled: z.string().nullable(),
  at_ms: z.int(),
  source: z.enum(versionSources),
  author_id: z.string().nullable(),
  author_name: z.string(),
  note: z.string(),
  base: z.int().nullable(),
  files: z.string(),
});
const activationRow = z.object({ current: z.int().nullable(), target: z.int().nullable() });

export class Versions {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  constructor(database: DatabaseSync, now: () => number) {
    migrate(database, "policy-versions", policyVersionSteps);
    this.#database = database;
    this.#now = now;
  }

  current(): Version | undefined {
    const { current } = this.#activation();
    return current === null ? undefined : this.get(current);
  }

  /** The version that was being put in force when the process ended. */
  unfinished(): Version | undefined {
    const { target } = this.#activation();
    return target === null ? undefined : this.get(target);
  }

  find(number: number): Version | undefined {
    const found = this.#database
      .prepare("SELECT * FROM policy_versions WHERE number = ?")
      .get(number);
    return found === undefined ? undefined : toVersion(found);
  }

  /** Throws NOT_FOUND. */
  get(number: number): Version {
    const found = this.find(number);
    if (!found) throw new AppError("NOT_FOUND", { what: "policy version", number });
    return found;
  }

  /** Newest first. */
  list(limit: number, before?: number): Version[] {
    return this.#database
      .prepare("SELECT * FROM policy_versions WHERE number < ? ORDER BY number DESC LIMIT ?")
      .all(before ?? Number.MAX_SAFE_INTEGER, limit)
      .map(toVersion);
  }

  /** A version that does not come into force through us: set aside, or on disk already. */
  record(version: NewVersion, isCurrent: boolean): Version {
    return inTransaction(this.#database, () => {
      const number = this.#insert(version);
      if (isCurrent) this.#database.prepare("UPDATE policy_activation SET current = ?").run(number);
      return this.get(number);
    });
  }

  /** From here until `finish` or `abandon` the files on disk may be a mix. */
  begin(version: NewVersion): Version {
    return inTransaction(this.#database, () => {
      const number = this.#insert(version);
      this.#database.prepare("UPDATE policy_activation SET target = ?").run(number);
      return this.get(number);
    });
  }

  finish(number: number): void {
    this.#database.prepare("UPDATE policy_activation SET current = ?, target = NULL").run(number);
  }

  /** The files are as they were; the version stays in the history as one that never was in force. */
  abandon(number: number): void {
    inTransaction(this.#database, () => {
      this.#database.prepare("UPDATE policy_activation SET target = NULL").run();
      this.#database
        .prepare("UPDATE policy_versions SET source = 'set-aside' WHERE number = ?")
        .run(number);
    });
  }

  /** Every content that some version needs. */
  objects(): Set<string> {
    const needed = new Set<string>();
    for (const found of this.#database.prepare("SELECT * FROM policy_versions").iterate())
      for (const { sha256 } of toVersion(found).tree.files) needed.add(sha256);
    return needed;
  }

  /**
   * Forgets feeds' versions beyond the newest ones, but never one in force.
   *
   * @returns contents that no version needs any more
   */
  pruneFeeds(keep: number): string[] {
    const gone = this.#database
      .prepare(
        `DELETE FROM policy_versions
         WHERE source = 'feed'
           AND number NOT IN (SELECT number FROM policy_versions WHERE source = 'feed'
                              ORDER BY number DESC LIMIT ?)
           AND number NOT IN (SELECT current FROM policy_activation WHERE current IS NOT NULL)
           AND number NOT IN (SELECT target FROM policy_activation WHERE target IS NOT NULL)
         RETURNING *`,
      )
      .all(keep)
      .map(toVersion);
    if (gone.length === 0) return [];
    const needed = this.objects();
    const all = gone.flatMap(({ tree }) => tree.files.map(({ sha256 }) => sha256));
    return [...new Set(all)].filter((sha256) => !needed.has(sha256));
  }

  #insert({ tree, compiled, source, author, note, base }: NewVersion): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO policy_versions
           (tree, compiled, at_ms, source, author_id, author_name, note, base, files)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        tree.id,
        compiled,
        this.#now(),
        source,
        author.id,
        author.name,
        note,
        base,
        JSON.stringify(tree.files),
      );
    return Number(lastInsertRowid);
  }

  #activation(): z.infer<typeof activationRow> {
    return activationRow.parse(
      this.#database.prepare("SELECT current, target FROM policy_activation").get(),
    );
  }
}

function toVersion(found: unknown): Version {
  const read = row.parse(found);
  return {
    number: read.number,
    tree: makeTree(z.array(treeFile).parse(JSON.parse(read.files))),
    compiled: read.compiled,
    atMs: read.at_ms,
    source: read.source,
    author: { id: read.author_id, name: read.author_name },
    note: read.note,
    base: read.base,
  };
}

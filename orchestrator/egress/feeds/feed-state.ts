/** What is known of each feed across restarts: one row per copy, as JSON that is checked when it is read. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { feedOutcomes } from "../../../policies/feeds/refresh.ts";
import { migrate } from "../../store/database.ts";

const change = z.strictObject({
  entries: z.int(),
  added: z.int(),
  removed: z.int(),
});

const feedState = z.strictObject({
  url: z.string(),
  /** Outcome of the last look; null before the first. */
  outcome: z.enum(feedOutcomes).nullable(),
  ja: z.string(),
  en: z.string(),
  lookedAtMs: z.int().nullable(),
  /** When the copy in force was last known to be what the server has. */
  goodAtMs: z.int().nullable(),
  /** When its content last changed. */
  changedAtMs: z.int().nullable(),
  nextAtMs: z.int(),
  failures: z.int(),
  /** Of the copy in force; another file in its place was not fetched by us. */
  sha256: z.string().nullable(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  /** A fetched copy that waits for a person. */
  held: change.nullable(),
  /** Since when the copy in force is empty because the feed is too old. */
  droppedAtMs: z.int().nullable().default(null),
});
export type FeedState = z.infer<typeof feedState>;

export const newFeedState = (url: string): FeedState => ({
  url,
  outcome: null,
  ja: "まだ取得していません。",
  en: "Not fetched yet.",
  lookedAtMs: null,
  goodAtMs: null,
  changedAtMs: null,
  nextAtMs: 0,
  failures: 0,
  sha256: null,
  etag: null,
  lastModified: null,
  held: null,
  droppedAtMs: null,
});

export const feedSteps = ["CREATE TABLE feeds (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT"];

export class FeedStates {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "feeds", feedSteps);
    this.#database = database;
  }

  /** A fresh one when the feed is new or has moved to another address. */
  of(name: string, url: string): FeedState {
    const row = this.#database.prepare("SELECT state FROM feeds WHERE name = ?").get(name);
    const known = feedState.safeParse(parse(row?.["state"]));
    return known.success && known.data.url === url ? known.data : newFeedState(url);
  }

  put(name: string, state: FeedState): void {
    this.#database
      .prepare(
        "INSERT INTO feeds VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET state = excluded.state",
      )
      .run(name, JSON.stringify(state));
  }
}

function parse(text: unknown): unknown {
  return typeof text === "string" ? JSON.parse(text) : undefined;
}

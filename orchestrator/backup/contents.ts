/**
 * What of a data directory a backup holds: whoever adds a path to an installation has to say here what becomes of it.
 * Pure.
 */
import { basename } from "node:path";
import type { InstallationId } from "../base/ids.ts";
import { makePaths, type Paths } from "../config/paths.ts";

/**
 * `copied`: files that are written to in place. `linked`: files that are only ever made, replaced and removed, so that a
 * second name keeps their bytes. `snapshot`: the database. `left`: made again, or of no use elsewhere. `cleared`: the
 * same, and it must not stay beside another database.
 */
type Handling = "copied" | "linked" | "snapshot" | "left" | "cleared";

const handling: Readonly<Record<keyof Paths, Handling>> = {
  data: "left",
  config: "copied",
  database: "snapshot",
  auditIndex: "cleared",
  // Its keys lived in the memory of a process.
  quarantine: "cleared",
  keptFiles: "linked",
  keys: "copied",
  secrets: "copied",
  policyDir: "copied",
  policyHistory: "linked",
  feeds: "copied",
  decisions: "left",
  webDist: "left",
  run: "left",
  sessionsRun: "left",
  adminSocket: "left",
  scanSocketDir: "left",
  signatures: "linked",
  practiceSocket: "left",
  signerRun: "left",
  signerSockets: "left",
  proxyToken: "left",
  listSnapshots: "left",
};

/** What stands in the data directory without being one of `Paths`. */
const others: Readonly<Record<string, Handling>> = {
  "installation.json": "copied",
  "extension.json": "copied",
  // What SQLite writes beside the database belongs to that one alone.
  "hanare.db-wal": "cleared",
  "hanare.db-shm": "cleared",
};

const paths: Readonly<Record<string, unknown>> = {
  ...makePaths("/", "x" as InstallationId),
};
const nameOf = (key: string): string => {
  const path = paths[key];
  return typeof path === "string" ? basename(path) : "";
};

const named = (wanted: Handling): readonly string[] => [
  ...Object.entries(handling)
    .filter(([, how]) => how === wanted)
    .map(([key]) => nameOf(key)),
  ...Object.keys(others).filter((name) => others[name] === wanted),
];

export const databaseName = nameOf("database");
export const copiedNames = named("copied");
export const linkedNames = named("linked");
/** First parts of the paths in a backup. */
export const memberNames: ReadonlySet<string> = new Set([
  databaseName,
  ...copiedNames,
  ...linkedNames,
]);
/** What goes out of the way before a backup is put in place. */
export const replacedNames: readonly string[] = [...memberNames, ...named("cleared")];

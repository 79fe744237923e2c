/** What is forgotten of the history: copies of feeds beyond the newest, and nothing that a person made. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeTree } from "../../../orchestrator/policy-desk/tree.ts";
import { type VersionSource, Versions } from "../../../orchestrator/policy-desk/versions.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

let database: ReturnType<typeof openDatabase>;
let versions: Versions;
beforeEach(() => {
  database = openDatabase(":memory:");
  versions = new Versions(database, () => 0);
});
afterEach(() => database.close());

const sha = (digit: string) => digit.repeat(64);
const common = { path: "policy.yaml", sha256: sha("f"), bytes: 1 };

/** Each with the policy and one copy of a feed. */
function record(source: VersionSource, copy: string, isCurrent = true): number {
  const tree = makeTree([common, { path: "feeds/a.txt", sha256: sha(copy), bytes: 1 }]);
  const author = { id: null, name: "" };
  const version = { tree, compiled: null, source, author, note: "", base: null };
  return versions.record(version, isCurrent).number;
}
const kept = () => versions.list(100).map(({ number }) => number);

it("forgets the oldest copies, and names the contents that only they had", () => {
  record("start", "1");
  for (const copy of ["2", "3", "4"]) record("feed", copy);
  record("publish", "3");
  record("feed", "5");
  expect(versions.pruneFeeds(2)).toEqual([sha("2")]);
  expect(kept()).toEqual([6, 5, 4, 1]);
  expect(versions.pruneFeeds(2)).toEqual([]);
});

it("keeps the version in force, however old it is", () => {
  record("feed", "1");
  for (const copy of ["2", "3"]) record("feed", copy, false);
  expect(versions.pruneFeeds(1)).toEqual([sha("2")]);
  expect(kept()).toEqual([3, 1]);
});

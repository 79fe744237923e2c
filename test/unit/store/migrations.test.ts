/**
 * Every table of an installation, upgraded from every schema that there has ever been: built as it was after each
 * step, filled with rows, and brought to the newest. Steps that have landed are never edited: their hashes stand here.
 */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { stores } from "../../../orchestrator/start/stores.ts";
import { migrate, openDatabase } from "../../../orchestrator/store/database.ts";
import { landedSteps } from "./landed-steps.ts";

const root = join(import.meta.dirname, "../../..");
const hashOf = (step: string) => createHash("sha256").update(step).digest("hex").slice(0, 16);

test("no step that has landed was edited, moved or taken away", () => {
  const found = Object.entries(stores).map(([feature, steps]) => [feature, steps.map(hashOf)]);
  // A new step is added at the end of its feature's list there, with the hash that stands here.
  expect(Object.fromEntries(found)).toEqual(landedSteps);
});

test("no feature has tables that this test and the backups do not know", () => {
  const calls = globSync("orchestrator/**/*.ts", { cwd: root })
    .filter((file) => file !== "orchestrator/store/database.ts")
    .flatMap((file) => [
      ...readFileSync(join(root, file), "utf8").matchAll(/\bmigrate\([^,]+,\s*"([^"]+)"/g),
    ])
    .map(([, feature]) => feature);
  expect([...new Set(calls)].sort()).toEqual(Object.keys(stores).sort());
});

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
  /** 0 ordinary, 2 and 3 generated. */
  readonly hidden: number;
}

const tablesOf = (database: DatabaseSync): readonly string[] =>
  database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => name !== "schema_steps" && !name.startsWith("sqlite_"));

function writtenColumns(database: DatabaseSync, table: string): readonly Column[] {
  const found = database.prepare(`PRAGMA table_xinfo (${table})`).all() as unknown as Column[];
  return found.filter(({ hidden }) => hidden === 0);
}

/** Told from every other row, of the type that a strict table wants. */
function valueFor({ name, type }: Column, row: number): string | number | Uint8Array {
  if (type === "INTEGER") return row;
  if (type === "REAL") return row + 0.5;
  if (type === "BLOB") return Buffer.from(`${name}${row}`);
  // Columns of the audit log are computed from it.
  return name === "record" ? `{"at":"${row}","event":{"action":"row ${row}"}}` : `${name}-${row}`;
}

/** Has one row, which a step of its own puts there. */
const onlyOwnRow = "policy_activation";

/** Two rows in every table that takes them. */
function fill(database: DatabaseSync): void {
  for (const table of tablesOf(database)) {
    if (table === onlyOwnRow) continue;
    const columns = writtenColumns(database, table);
    const marks = columns.map(() => "?").join(", ");
    const insert = database.prepare(
      `INSERT OR IGNORE INTO ${table} (${columns.map(({ name }) => name).join(", ")}) VALUES (${marks})`,
    );
    // References between rows are the features' affair; here each row only has to outlive the upgrade.
    database.exec("PRAGMA foreign_keys = OFF");
    for (const row of [1, 2]) insert.run(...columns.map((column) => valueFor(column, row)));
    database.exec("PRAGMA foreign_keys = ON");
  }
}

type Rows = Readonly<Record<string, readonly unknown[]>>;
function rowsOf(database: DatabaseSync, columns?: Readonly<Record<string, string>>): Rows {
  const tables = columns === undefined ? tablesOf(database) : Object.keys(columns);
  return Object.fromEntries(
    tables.map((table) => {
      const names = columns?.[table] ?? namesOf(database, table);
      return [table, database.prepare(`SELECT ${names} FROM ${table} ORDER BY 1`).all()];
    }),
  );
}
const namesOf = (database: DatabaseSync, table: string) =>
  writtenColumns(database, table)
    .map(({ name }) => name)
    .join(", ");

/** Everything that a schema is made of, in no order. */
const schemaOf = (database: DatabaseSync) =>
  database
    .prepare("SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name")
    .all()
    .map(({ type, name, tbl_name: table }) => `${String(type)} ${String(name)} ${String(table)}`);

const upgrades = Object.entries(stores).flatMap(([feature, steps]) =>
  steps.map((_, at) => [feature, at + 1, steps] as const),
);

describe("an upgrade", () => {
  test.each(upgrades)("of %s after step %i keeps every row", (feature, seen, steps) => {
    const database = openDatabase(":memory:");
    migrate(database, feature, steps.slice(0, seen));
    fill(database);
    const filled = tablesOf(database).filter((table) => table !== onlyOwnRow);
    const columns = Object.fromEntries(filled.map((table) => [table, namesOf(database, table)]));
    const before = rowsOf(database, columns);
    for (const [table, rows] of Object.entries(before))
      expect([table, rows.length]).not.toEqual([table, 0]);
    migrate(database, feature, steps);
    expect(rowsOf(database, columns)).toEqual(before);
    expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    const fresh = openDatabase(":memory:");
    migrate(fresh, feature, steps);
    expect(schemaOf(database)).toEqual(schemaOf(fresh));
    for (const table of tablesOf(fresh))
      expect(namesOf(database, table)).toBe(namesOf(fresh, table));
  });

  test("of everything at once, from the first step of each, keeps every row", () => {
    const database = openDatabase(":memory:");
    for (const [feature, steps] of Object.entries(stores))
      migrate(database, feature, steps.slice(0, 1));
    fill(database);
    const before = rowsOf(database);
    for (const [feature, steps] of Object.entries(stores)) migrate(database, feature, steps);
    for (const [table, rows] of Object.entries(before))
      expect([table, rowsOf(database)[table]?.length]).toEqual([table, rows.length]);
  });

  test("that fails in the middle leaves the tables as they were", () => {
    const database = openDatabase(":memory:");
    migrate(database, "x", ["CREATE TABLE x (a TEXT) STRICT"]);
    const steps = ["CREATE TABLE x (a TEXT) STRICT", "CREATE TABLE y (a TEXT) STRICT", "nonsense"];
    expect(() => migrate(database, "x", steps)).toThrow(/syntax/);
    expect(tablesOf(database)).toEqual(["x"]);
    migrate(database, "x", steps.slice(0, 2));
    expect(tablesOf(database)).toEqual(["x", "y"]);
  });

  test("back to an older program is refused in words, and changes nothing", () => {
    const database = openDatabase(":memory:");
    migrate(database, "x", ["CREATE TABLE x (a TEXT) STRICT", "CREATE TABLE y (a TEXT) STRICT"]);
    expect(() => migrate(database, "x", ["CREATE TABLE x (a TEXT) STRICT"])).toThrow(
      expect.objectContaining({
        code: "STORE_NEWER",
        context: { feature: "x", found: 2, known: 1 },
      }) as Error,
    );
    expect(tablesOf(database)).toEqual(["x", "y"]);
  });
});

import { expect, it } from "vitest";
import { inTransaction, openDatabase } from "../../../orchestrator/store/database.ts";

it("a disk that fills up within a transaction is told as that, nothing of it is kept, and the next one goes on", () => {
  const database = openDatabase(":memory:");
  database.exec("CREATE TABLE filled (text TEXT)");
  const insert = database.prepare("INSERT INTO filled VALUES (?)");
  const pages = Number(database.prepare("PRAGMA page_count").get()?.["page_count"]);
  // SQLite's own SQLITE_FULL, as a disk without room gives it.
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const fill = () => {
    for (let n = 0; n < 100; n += 1) insert.run("x".repeat(3000));
  };
  expect(() => inTransaction(database, fill)).toThrow("database or disk is full");
  inTransaction(database, () => insert.run("small"));
  expect(database.prepare("SELECT text FROM filled").all()).toEqual([{ text: "small" }]);
  database.close();
});

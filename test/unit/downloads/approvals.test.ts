import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { approver, asker, content, openApprovals } from "./approval-parts.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hanare-unit-approvals-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const kept = () => readdirSync(join(dir, "kept"));

describe("killed in the middle", () => {
  test.each([
    ["prepare", [], []],
    ["record", [], []],
    ["hand-over", ["open"], [content]],
    ["decide", ["open"], [content]],
    ["sweep", ["refused"], []],
    ["nowhere", ["refused"], []],
  ])(
    "at %s: a request with its whole file, or neither",
    async (step, states, contents) => {
      const script = join(import.meta.dirname, "approval-dies.ts");
      const died = spawnSync(process.execPath, [script, dir, step], { encoding: "utf8" });
      expect([died.signal, died.status]).toEqual(
        step === "nowhere" ? [null, 0] : ["SIGKILL", null],
      );
      await using again = await openApprovals(dir);
      const mine = again.desk.mine(asker.id);
      expect(mine.map(({ state }) => state)).toEqual(states);
      expect(kept()).toHaveLength(contents.length);
      for (const [index, { id }] of mine.filter(({ state }) => state === "open").entries()) {
        await again.desk.decide(approver, id, { decision: "approve", answer: "可" });
        const { bytes } = again.desk.collect(asker, id);
        expect(Buffer.concat(await bytes.toArray()).toString()).toBe(contents[index]);
      }
    },
    60_000,
  );
});

test("the key of a refused file is nowhere on the disk any more", async () => {
  await using parts = await openApprovals(dir);
  const { id } = await parts.ask();
  const onDisk = () =>
    Buffer.concat(["hanare.db", "hanare.db-wal"].map((file) => readFileSync(join(dir, file))));
  const reader = new DatabaseSync(join(dir, "hanare.db"));
  const found = reader.prepare("SELECT wrapped_key FROM kept_files").get()?.["wrapped_key"];
  reader.close();
  const key = Buffer.from(found as Uint8Array);
  expect(onDisk().includes(key)).toBe(true);
  await parts.desk.decide(approver, id, { decision: "refuse", answer: "不要" });
  expect(kept()).toEqual([]);
  expect(onDisk().includes(key)).toBe(false);
});

test("one person, and all together, keep no more than their share", async () => {
  await using person = await openApprovals(dir, { limits: { personKeptMaxBytes: 1000 } });
  await expect(person.ask()).rejects.toMatchObject({
    code: "KEEP_FULL",
    context: { of: "person" },
  });
  await using all = await openApprovals(dir, { limits: { keptMaxBytes: 1000 } });
  await expect(all.ask()).rejects.toMatchObject({ code: "KEEP_FULL", context: { of: "all" } });
  await using few = await openApprovals(dir, { limits: { openPerPerson: 1 } });
  await few.ask();
  await expect(few.ask()).rejects.toMatchObject({ code: "APPROVAL_LIMIT" });
});

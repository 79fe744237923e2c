import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { actor, approver, asker, content, openApprovals } from "./approval-parts.ts";

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

const hourMs = 3_600_000;
const yes = { decision: "approve", answer: "可" } as const;

test.each<[string, "expired" | "kept too long" | "refused" | "withdrawn"]>([
  ["that was refused", "refused"],
  ["that was taken back", "withdrawn"],
  ["that nobody decided about in time", "expired"],
  ["that was approved and not fetched in time", "kept too long"],
])(
  "the key of a file %s is nowhere on the disk any more, and its bytes do not come back",
  async (_which, how) => {
    let nowMs = Date.now();
    await using parts = await openApprovals(dir, { now: () => nowMs });
    const { id } = await parts.ask();
    const onDisk = () =>
      Buffer.concat(["hanare.db", "hanare.db-wal"].map((file) => readFileSync(join(dir, file))));
    const reader = new DatabaseSync(join(dir, "hanare.db"));
    const found = reader.prepare("SELECT wrapped_key FROM kept_files").get()?.["wrapped_key"];
    reader.close();
    const key = Buffer.from(found as Uint8Array);
    expect(onDisk().includes(key)).toBe(true);
    const [name = ""] = kept();
    const ciphertext = readFileSync(join(dir, "kept", name));

    if (how === "refused") await parts.desk.decide(approver, id, { ...yes, decision: "refuse" });
    else if (how === "withdrawn") await parts.desk.withdraw(asker, id);
    else {
      if (how === "kept too long") await parts.desk.decide(approver, id, yes);
      nowMs += 72 * hourMs;
      await parts.desk.tidy();
    }
    expect(kept()).toEqual([]);
    expect(onDisk().includes(key)).toBe(false);
    // Whoever has kept a copy of the sealed bytes has nothing: not even in their old place.
    writeFileSync(join(dir, "kept", name), ciphertext);
    expect(() => parts.desk.collect(asker, id)).toThrow(/FILE_NOT_(KEPT|RELEASED)/);
    await using again = await openApprovals(dir);
    expect(again.desk.mine(asker.id)).toHaveLength(1);
    expect(kept()).toEqual([]);
  },
);

test("a stand-in decides from the first moment named to the last, and not a moment beside it", async () => {
  const start = Date.now();
  let nowMs = start;
  const hosa = actor("hosa", ["user"]);
  const people = [asker, approver, hosa];
  await using parts = await openApprovals(dir, {
    now: () => nowMs,
    accountById: (each) => people.find((person) => person.id === each),
    accountByName: (name) => people.find((person) => person.name === name),
  });
  const { id } = await parts.ask();
  const from = start + hourMs;
  parts.desk.delegate(approver, { name: "hosa", from, until: from + hourMs });
  for (const [at, may] of [
    [from - 1, false],
    [from, true],
    [from + hourMs - 1, true],
    [from + hourMs, false],
  ] as const) {
    nowMs = at;
    expect([at - start, parts.desk.inbox(hosa, false)]).toMatchObject([
      at - start,
      { mayDecide: may, open: may ? 1 : 0 },
    ]);
    if (!may) await expect(parts.desk.decide(hosa, id, yes)).rejects.toThrow("NOT_FOUND");
  }
  nowMs = from;
  expect(await parts.desk.decide(hosa, id, yes)).toMatchObject({
    state: "approved",
    decidedBy: "hosa",
    decidedFor: "kacho",
  });
  expect(parts.written).toEqual(["approval-ask", "delegation-set", "approval-approve"]);
});

test("every way a request ends is on record, by whom it ended", async () => {
  let nowMs = Date.now();
  const ended = async (
    end: (parts: Awaited<ReturnType<typeof openApprovals>>, id: string) => Promise<unknown>,
  ) => {
    const own = mkdtempSync(join(dir, "own-"));
    await using parts = await openApprovals(own, { now: () => nowMs });
    const { id } = await parts.ask();
    await end(parts, id);
    return parts.written;
  };
  expect(
    await ended(({ desk }, id) => desk.decide(approver, id, { ...yes, decision: "refuse" })),
  ).toEqual(["approval-ask", "approval-refuse"]);
  expect(await ended(({ desk }, id) => desk.withdraw(asker, id))).toEqual([
    "approval-ask",
    "approval-withdraw",
  ]);
  expect(
    await ended(({ desk }) => {
      nowMs += 72 * hourMs;
      return desk.tidy();
    }),
  ).toEqual(["approval-ask", "approval-expire"]);
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

test("who asks several times at once keeps no more than their share, and nothing stays of the rest", async () => {
  await using parts = await openApprovals(dir, { limits: { openPerPerson: 1 } });
  const files = [parts.file, await parts.another(), await parts.another()];
  const asked = await Promise.allSettled(files.map((file) => parts.askUpload(file)));
  expect(asked.map(({ status }) => status).toSorted()).toEqual([
    ...["fulfilled", "rejected", "rejected"],
  ]);
  expect(parts.desk.mine(asker.id)).toHaveLength(1);
  expect(readdirSync(join(dir, "kept"))).toHaveLength(1);
});

test("who changes section is decided about there, and no longer by the approvers of before", async () => {
  let groups = ["zeimu"];
  await using parts = await openApprovals(dir, { accountById: () => ({ ...asker, groups }) });
  const { id } = await parts.ask();
  const elsewhere = {
    ...approver,
    name: "bucho",
    id: "bucho" as typeof approver.id,
    groups: ["somu"],
  };
  expect(parts.desk.inbox(approver, false).open).toBe(1);
  groups = ["somu"];
  expect(parts.desk.inbox(approver, false).open).toBe(0);
  expect(parts.desk.inbox(elsewhere, false).open).toBe(1);
  await expect(parts.desk.decide(approver, id, yes)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await parts.desk.decide(elsewhere, id, yes)).toMatchObject({ decidedBy: "bucho" });
});

test("an upload passes by its bytes, for who asked, from the approval to a little after it has passed", async () => {
  await using parts = await openApprovals(dir);
  const { id } = await parts.askUpload();
  const { sha256 } = parts.file;
  const found = () => parts.desk.uploadApproval(asker.id, sha256)?.state;
  expect(found()).toBe("open");
  await parts.desk.decide(approver, id, { decision: "approve", answer: "可" });
  expect(found()).toBe("approved");
  expect(parts.desk.uploadApproval(asker.id, "0".repeat(64))).toBeUndefined();
  expect(parts.desk.uploadApproval(approver.id, sha256)).toBeUndefined();
  // It is no way back to a terminal.
  expect(() => parts.desk.collect(asker, id)).toThrow("FILE_NOT_RELEASED");
  const approval = parts.desk.uploadApproval(asker.id, sha256);
  if (approval === undefined) throw new Error("gone");
  parts.desk.usedUpload(approval, asker);
  const left = (parts.desk.uploadApproval(asker.id, sha256)?.keptUntil ?? 0) - Date.now();
  expect(left).toBeLessThanOrEqual(15 * 60_000);
  expect(parts.written).toEqual(["approval-ask", "approval-approve", "release"]);
});

/** Downloads of a process that died: the person is told, the audit log says so once, nothing is released. */
import { expect, it } from "vitest";
import { newDownloadId, newSessionId } from "../../../orchestrator/base/ids.ts";
import { newDownload } from "../../../orchestrator/downloads/desk/download.ts";
import { Journal } from "../../../orchestrator/downloads/records/journal.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { makeSamples } from "../../../practice/samples/samples.ts";
import { argsFor, openDesk } from "./desk-harness.ts";

it("what was under way is reported as failed, and forgotten with its session", async () => {
  const database = openDatabase(":memory:");
  const session = newSessionId();
  const former = newDownload(newDownloadId(), argsFor(session, "見積.xlsx", 1000));
  // What a desk had written when it was killed in the middle of an inspection.
  new Journal(database).begin(former, () => undefined);
  const forSystem = argsFor(newSessionId(), "添付.docx", 1000);
  const ofSystem = newDownload(newDownloadId(), { ...forSystem, purpose: "api" });
  new Journal(database).begin(ofSystem, () => undefined);

  await using next = await openDesk({ database, files: { warmSandboxes: 0 } });
  expect(next.desk.list(session)).toMatchObject([
    {
      id: former.id,
      name: "見積.xlsx",
      stage: "done",
      verdict: "failed",
      reason: "interrupted",
      releasable: false,
    },
  ]);
  expect(next.desk.list(session)[0]?.messageJa).toContain("もう一度ダウンロード");
  expect(next.events).toMatchObject([
    { action: "verdict", outcome: "refused", reason: "failed:interrupted", sessionId: session },
    // On record as well, and waited for by nobody.
    { action: "verdict", reason: "failed:interrupted", sessionId: forSystem.sessionId },
  ]);
  expect(next.desk.list(forSystem.sessionId)).toEqual([]);
  await expect(next.desk.release(former.id, { terminal: "192.0.2.7" })).rejects.toMatchObject({
    code: "FILE_NOT_RELEASED",
  });
  await using afterASecondDeath = await openDesk({ database, files: { warmSandboxes: 0 } });
  expect(afterASecondDeath.desk.list(session)).toHaveLength(1);
  expect(afterASecondDeath.events).toEqual([]);
  await afterASecondDeath.desk.endSession(session);
  expect(new Journal(database).interrupted()).toEqual([]);
});

it("what was judged and may be fetched is awaited until it is fetched; what was refused is not", async () => {
  const database = openDatabase(":memory:");
  await using desk = await openDesk({ database });
  const journal = new Journal(database);
  const refused = await desk.receive("prog.exe", Buffer.from("MZ\u0000\u0001 not a real program"));
  expect(refused.releasable).toBe(false);
  expect(journal.interrupted()).toEqual([]);
  const text = await desk.receive("memo.txt", Buffer.from("ただの文章です。\r\n"));
  expect(text.releasable).toBe(true);
  expect(journal.interrupted().map(({ id }) => id)).toEqual([text.id]);
  await desk.fetch(text);
  expect(journal.interrupted()).toEqual([]);
});

it("what waited for a password or an approval when the process died is told to its person", async () => {
  const database = openDatabase(":memory:");
  const session = newSessionId();
  const zip = (await makeSamples()).find(({ name }) => name === "見積一式.zip");
  if (!zip) throw new Error("no such sample");
  await using former = await openDesk({ database });
  const locked = await former.receive(zip.name, zip.bytes, { session });
  const drawing = Buffer.concat([Buffer.from("JwwData."), Buffer.alloc(100)]);
  const held = await former.receive("図面.jww", drawing, { session });
  expect([locked.verdict, held.verdict]).toEqual(["needs_password", "needs_approval"]);
  // As a death leaves it: the session is not over, only the process, and the keys with it.
  const entries = new Journal(database).interrupted().map(({ id }) => id);
  expect(entries).toEqual([locked.id, held.id]);

  await using next = await openDesk({ database, files: { warmSandboxes: 0 } });
  expect(
    next.desk.list(session).map(({ id, verdict, reason }) => ({ id, verdict, reason })),
  ).toEqual([
    { id: locked.id, verdict: "failed", reason: "interrupted" },
    { id: held.id, verdict: "failed", reason: "interrupted" },
  ]);
  expect(next.events.map(({ action, reason }) => [action, reason])).toEqual([
    ["verdict", "failed:interrupted"],
    ["verdict", "failed:interrupted"],
  ]);
});

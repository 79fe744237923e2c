/**
 * Processes that take a file in and are killed, one after the other, at each step of its way, over one installation: the
 * next one finds each file wholly in its former state or wholly in its next, on record once, and no byte of it left.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { newInstallationId } from "../../../orchestrator/base/ids.ts";
import { deskSteps } from "../../../orchestrator/downloads/desk/desk.ts";
import { FileHistory } from "../../../orchestrator/downloads/records/history.ts";
import { Journal } from "../../../orchestrator/downloads/records/journal.ts";
import { createEngineClient } from "../../../orchestrator/engine/client.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { openDesk } from "./desk-harness.ts";

/** What is on record of a download in the end, newest last, and what its person sees of it after the restart. */
const expected: Readonly<Record<string, readonly [readonly string[], string]>> = {
  begun: [["download", "failed:interrupted"], "failed"],
  received: [["download", "failed:interrupted"], "failed"],
  inspected: [["download", "failed:interrupted"], "failed"],
  // The verdict stands; that its file is gone is said as well.
  recorded: [["download", "released_as_is:clean-text", "failed:interrupted"], "failed"],
  released: [["download", "released_as_is:clean-text", "release"], "released_as_is"],
};

const installation = newInstallationId();
let dir: string;
let database: DatabaseSync;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hanare-test-killed-"));
  for (const step of deskSteps) {
    const program = join(import.meta.dirname, "desk-dies.ts");
    const child = spawn(process.execPath, [program, dir, installation, step], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    expect([step, code, signal]).toEqual([step, null, "SIGKILL"]);
  }
  database = openDatabase(join(dir, "hanare.db"));
}, 300_000);
afterAll(async () => {
  database.close();
  await rm(dir, { recursive: true, force: true });
});

it("each file is wholly before or wholly after the step, and recorded once", async () => {
  await using next = await openDesk({
    ...{ database, installation, files: { warmSandboxes: 0 } },
    folder: dir,
  });
  // The last process died over an upload, which nobody waits for: this one has nothing to report.
  expect(next.events).toEqual([]);
  const history = new FileHistory(database).search({ limit: 100 });
  const { records } = queryAudit(database, { limit: 500 });
  for (const [step, [wanted, verdict]] of Object.entries(expected)) {
    const told = records
      .filter(
        ({ target, details }) => target === `${step}.csv` || details["name"] === `${step}.csv`,
      )
      .map(({ action, reason }) => (action === "verdict" ? (reason ?? "") : action))
      .toReversed();
    expect([step, told]).toEqual([step, wanted]);
    const kept = history.filter(
      ({ name, direction }) => name === `${step}.csv` && direction === "download",
    );
    expect([step, kept.map((each) => each.verdict)]).toEqual([step, [verdict]]);
  }
  for (const step of deskSteps.filter((each) => each.startsWith("upload-"))) {
    const kept = history.filter(({ name }) => name === `${step}.csv`);
    expect([step, kept.map((each) => each.reason)]).toEqual([
      step,
      step === "upload-recorded" ? ["upload-passed"] : [],
    ]);
  }
  // What was not fetched is told to its person until their session is over; none of it can be had.
  const awaited = new Journal(database).interrupted();
  expect(awaited.map(({ args, reported }) => [args.untrustedName, reported])).toEqual(
    ["begun", "received", "inspected", "recorded"].map((step) => [`${step}.csv`, true]),
  );
  for (const { id } of awaited)
    await expect(next.desk.release(id, { terminal: "192.0.2.7" })).rejects.toMatchObject({
      code: "FILE_NOT_RELEASED",
    });
  const left = await readdir(next.quarantineDir, { recursive: true, withFileTypes: true });
  expect(left.filter((each) => each.isFile())).toEqual([]);
  const boxes = await createEngineClient(installation).list("sandbox");
  expect(boxes.filter(({ running }) => running)).toEqual([]);
});

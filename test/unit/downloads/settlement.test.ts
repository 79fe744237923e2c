/** How a download ends while its session ends as well. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pino } from "pino";
import { expect, it } from "vitest";
import { newDownloadId, newSessionId, type UserId } from "../../../orchestrator/base/ids.ts";
import { Board } from "../../../orchestrator/downloads/desk/board.ts";
import { newDownload } from "../../../orchestrator/downloads/desk/download.ts";
import { Settlement } from "../../../orchestrator/downloads/desk/settlement.ts";
import { Quarantine } from "../../../orchestrator/downloads/quarantine/quarantine.ts";
import { FileHistory } from "../../../orchestrator/downloads/records/history.ts";
import { Journal } from "../../../orchestrator/downloads/records/journal.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

it("a session that ends while the scanner is asked takes the cleaned file and its key along", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hanare-test-"));
  const database = openDatabase(":memory:");
  const log = pino({ level: "silent" });
  const quarantine = await Quarantine.open(folder);
  const store = (text: string) =>
    quarantine.store(Readable.from([Buffer.from(text)]), 100, new AbortController().signal);
  const download = newDownload(newDownloadId(), {
    ...{ sessionId: newSessionId(), ownerId: "utaro" as UserId, ownerName: "taro" },
    ...{ untrustedName: "a.docx", untrustedUrl: "https://www.example.jp/", sizeBytes: 3 },
  });
  download.original = await store("raw");
  const verdicts: string[] = [];
  const asked = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<undefined>();
  const settlement = new Settlement({
    ...{ parts: { quarantine }, board: new Board(log), log, maxBytes: 100 },
    ...{ journal: new Journal(database), history: new FileHistory(database) },
    audit: { write: ({ reason }) => void verdicts.push(reason ?? "") },
    onStep: () => undefined,
    async scannerStatus() {
      asked.resolve(undefined);
      await answer.promise;
      return {
        ...{ available: true, version: "1", databases: [], signatures: 1, shippedOnly: false },
        ...{ builtAt: undefined, isOld: false },
      };
    },
  });
  const finishing = settlement.finish(download, {
    decision: { verdict: "sanitized", reason: "macro-removed" },
    released: { file: await store("clean"), type: "docx" },
    result: undefined,
  });
  await asked.promise;
  // As the desk ends a session: whatever winds down afterwards finds no key.
  download.cancel.abort();
  await settlement.drop(download);
  answer.resolve(undefined);
  await finishing;
  expect([download.view.verdict, download.view.releasable]).toEqual(["failed", false]);
  expect(verdicts).toEqual(["failed:cancelled"]);
  expect(quarantine.count).toBe(0);
  expect(readdirSync(folder).flatMap((own) => readdirSync(join(folder, own)))).toEqual([]);
  await quarantine[Symbol.asyncDispose]();
  database.close();
  rmSync(folder, { recursive: true });
});

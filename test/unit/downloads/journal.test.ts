import { describe, expect, it } from "vitest";
import { newDownloadId, newSessionId, type UserId } from "../../../orchestrator/base/ids.ts";
import { newDownload } from "../../../orchestrator/downloads/desk/download.ts";
import { Journal } from "../../../orchestrator/downloads/records/journal.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const args = {
  sessionId: newSessionId(),
  ownerId: "u1" as UserId,
  ownerName: "taro",
  terminal: "192.0.2.7",
  untrustedName: "議事録.docx",
  untrustedUrl: "https://www.example.lg.jp/a",
  sizeBytes: 7,
};
const nothing = () => undefined;
const fail = () => {
  throw new Error("disk full");
};

function begun() {
  const database = openDatabase(":memory:");
  const journal = new Journal(database);
  const { id } = newDownload(newDownloadId(), args);
  journal.begin(newDownload(id, args), nothing);
  return { database, journal, id };
}
const awaited = (journal: Journal) => journal.interrupted().map((each) => each.id);

describe("the journal of awaited downloads", () => {
  it("tells the next process what was begun and not judged, as it was received", () => {
    const { database, id } = begun();
    expect(new Journal(database).interrupted()).toEqual([{ id, args, reported: false }]);
  });

  it("keeps what can be fetched until it is, and forgets what cannot", () => {
    const { journal, id } = begun();
    journal.judged(id, true, nothing);
    expect(awaited(journal)).toEqual([id]);
    expect(journal.released(id, () => "bytes")).toBe("bytes");
    expect(awaited(journal)).toEqual([]);

    const refused = begun();
    refused.journal.judged(refused.id, false, nothing);
    expect(awaited(refused.journal)).toEqual([]);
  });

  it("changes together with the audit record, or not at all", () => {
    const { journal, id } = begun();
    expect(() => journal.begin(newDownload(newDownloadId(), args), fail)).toThrow("disk full");
    expect(() => journal.judged(id, false, fail)).toThrow("disk full");
    expect(() => journal.released(id, fail)).toThrow("disk full");
    expect(() => journal.reported(id, fail)).toThrow("disk full");
    expect(journal.interrupted()).toEqual([{ id, args, reported: false }]);
  });

  it("runs the release and its record in the transaction that ends the wait", () => {
    const { database, journal, id } = begun();
    journal.released(id, () => expect(database.isTransaction).toBe(true));
    expect.assertions(1);
  });

  it("is told twice after two deaths and recorded once; a session's end ends it", () => {
    const { journal, id } = begun();
    journal.reported(id, nothing);
    expect(journal.interrupted()).toMatchObject([{ id, reported: true }]);
    journal.forget(newSessionId());
    expect(awaited(journal)).toEqual([id]);
    journal.forget(args.sessionId);
    expect(awaited(journal)).toEqual([]);
  });
});

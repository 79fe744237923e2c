/**
 * Released files in a shared folder, through the writer process into what a real Samba serves, and back through SMB as
 * Explorer would. What others plant in the share, a share that is away, and the end of files. The file desk before it
 * is a recording stand-in.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import { isAppError } from "../../../orchestrator/base/errors.ts";
import type { DownloadId, UserId } from "../../../orchestrator/base/ids.ts";
import { type Config, configSchema } from "../../../orchestrator/config/schema.ts";
import { sharedFoldersFinding } from "../../../orchestrator/doctor/shared-folders-finding.ts";
import type { FileDesk } from "../../../orchestrator/downloads/types.ts";
import { SharedFolders } from "../../../orchestrator/shared-folders/desk.ts";
import { runWriter } from "../../../orchestrator/shared-folders/run-writer.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { type Samba, startSamba } from "../../support/samba.ts";
import { recordingFiles } from "../http/portal-stand-ins.ts";

const dayMs = 86_400_000;
const saver = {
  ...{ id: "utest" as UserId, name: "hanako", groups: ["zeimu"], terminal: "192.0.2.7" },
  roles: ["user"],
};

let samba: Samba;
let shared: SharedFolders;
let nowMs = Date.parse("2026-04-01T00:00:00Z");
const events: AuditEvent[] = [];
const policy: { may: "all" | readonly string[] } = { may: "all" };

const foldersOf = (change: object = {}): Config["files"]["sharedFolders"] =>
  configSchema.parse({
    files: {
      sharedFolders: [
        {
          ...{ id: "kojin", name: "個人", mount: samba.mount, shownAs: samba.shownAs },
          ...{ reserveBytes: 0, keepDays: 30, personMaxBytes: 10_000_000, ...change },
        },
        {
          ...{ id: "ka", name: "課", mount: samba.mount, shownAs: samba.shownAs },
          ...{ path: "{section}/受信", reserveBytes: 0, makeFolders: true },
        },
      ],
    },
  }).files.sharedFolders;

const database = openDatabase(":memory:");
const desk = recordingFiles();
const open = (change: object = {}, files?: Partial<FileDesk>): SharedFolders =>
  new SharedFolders({
    ...{ folders: foldersOf(change), database, mayUse: () => policy.may, now: () => nowMs },
    audit: { write: (event) => void events.push(event) },
    log: pino({ level: "silent" }),
    files: { ...desk.desk, ...files },
    approvals: {
      mine: () => [],
      collect: () => {
        throw new Error("nothing was approved here");
      },
    },
  });

beforeAll(async () => {
  samba = await startSamba();
  await samba.folder("hanako");
  shared = open();
});
afterAll(async () => {
  await shared[Symbol.asyncDispose]();
  await samba[Symbol.asyncDispose]();
  database.close();
});

const released = (name: string, text: string): DownloadId => desk.add(saver.id, name, text);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  );
const inFolder = (path = "hanako") => readdirSync(join(samba.served, path));

describe("a released file", () => {
  it("is found by Explorer where the tray says, with its bytes and its Japanese name", async () => {
    const id = released("議事録.txt", "第一号議案");
    const saved = await shared.saveDownload(saver, id, "kojin");
    expect(saved.shownAs).toBe("\\\\fs01\\hanare\\hanako\\議事録.txt");
    expect((await samba.get("hanako/議事録.txt")).toString()).toBe("第一号議案");
    expect(shared.savedOf(saver.id)[0]).toMatchObject({ downloadId: id, shownAs: saved.shownAs });
    expect(desk.released.at(-1)).toBe(id);
    expect(events.at(-1)).toMatchObject({
      ...{ action: "share-save", outcome: "success", userName: "hanako", target: saved.shownAs },
      details: { sha256Out: createHash("sha256").update("第一号議案").digest("hex") },
    });
    // Its user may rename and delete it there.
    await samba.explorer('rename "hanako/議事録.txt" "hanako/別名.txt"; rm "hanako/別名.txt"');
    expect(inFolder()).toEqual([]);
  });

  it("never replaces what is there, whatever case its name is written in", async () => {
    writeFileSync(join(samba.served, "hanako", "REPORT.TXT"), "mine");
    const id = released("report.txt", "new");
    const twice = [
      await shared.saveDownload(saver, id, "kojin"),
      await shared.saveDownload(saver, id, "kojin"),
    ];
    expect(twice.map(({ shownAs }) => shownAs.split("\\").at(-1))).toEqual([
      "report (2).txt",
      "report (3).txt",
    ]);
    expect(readFileSync(join(samba.served, "hanako", "REPORT.TXT"), "utf8")).toBe("mine");
    expect((await samba.get("hanako/report (3).txt")).toString()).toBe("new");
    for (const name of inFolder()) await rm(join(samba.served, "hanako", name));
  });

  it("goes to the section's folder, which is made where the configuration says so", async () => {
    const { shownAs } = await shared.saveDownload(saver, released("a.txt", "x"), "ka");
    expect(shownAs).toBe("\\\\fs01\\hanare\\zeimu\\受信\\a.txt");
    expect((await samba.get("zeimu/受信/a.txt")).toString()).toBe("x");
  });

  it("goes nowhere that the policy does not open to its person", async () => {
    const id = released("a.txt", "x");
    policy.may = ["ka"];
    expect(shared.foldersFor(saver).map((each) => each.id)).toEqual(["ka"]);
    expect(await codeOf(shared.saveDownload(saver, id, "kojin"))).toBe("NOT_FOUND");
    policy.may = [];
    expect(shared.foldersFor(saver)).toEqual([]);
    policy.may = "all";
    expect(shared.foldersFor({ ...saver, groups: [] }).map((each) => each.id)).toEqual(["kojin"]);
  });
});

it("is told to operators, every folder of it", async () => {
  const { level, detail } = await sharedFoldersFinding(foldersOf());
  const one = `${samba.shownAs}: ${samba.mount}, `;
  expect([level, detail.ja.split("; "), detail.en]).toEqual([
    "ok",
    [expect.stringContaining(one), expect.stringContaining(one)],
    detail.ja,
  ]);
});

describe("nothing is written", () => {
  it("to this machine's own disk, when the share is not mounted", async () => {
    const id = released("a.txt", "x");
    await samba.unmount();
    try {
      await mkdir(join(samba.mount, "hanako"));
      expect(await codeOf(shared.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_AWAY");
      expect(readdirSync(join(samba.mount, "hanako"))).toEqual([]);
      const check = await runWriter({ do: "check", place: { mount: samba.mount, parts: [] } }, 30);
      expect(check).toMatchObject({ is: "fault", fault: "not-mounted" });
      expect(await sharedFoldersFinding(foldersOf())).toMatchObject({
        ...{ level: "fail", problem: { code: "SHARED_FOLDER_AWAY", facts: { id: "kojin" } } },
      });
      expect(events.at(-1)).toMatchObject({ action: "share-save", outcome: "failure" });
    } finally {
      await rm(join(samba.mount, "hanako"), { recursive: true });
      await samba.remount();
    }
    // Where it was, once the share is back.
    expect(await codeOf(shared.saveDownload(saver, id, "kojin"))).toBe("done");
    await rm(join(samba.served, "hanako", "a.txt"));
  });

  it("through a link that stands where the person's folder should be, nor into another mount", async () => {
    const outside = await mkdtemp(join(tmpdir(), "hanare-outside-"));
    const own = join(samba.served, "hanako");
    const id = released("a.txt", "x");
    await rename(own, `${own}.kept`);
    try {
      symlinkSync(outside, own);
      expect(await codeOf(shared.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_MISSING");
      await rm(own);
      expect(await codeOf(shared.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_MISSING");
      await mkdir(own);
      execFileSync("mount", ["--bind", outside, join(samba.mount, "hanako")]);
      expect(await codeOf(shared.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_MISSING");
      execFileSync("umount", [join(samba.mount, "hanako")]);
      expect(readdirSync(outside)).toEqual([]);
    } finally {
      await rm(own, { recursive: true, force: true });
      await rename(`${own}.kept`, own);
      await rm(outside, { recursive: true });
    }
  });

  it("through a link that has the file's name", async () => {
    const target = join(samba.served, "target");
    symlinkSync(target, join(samba.served, "hanako", "a.txt"));
    const { shownAs } = await shared.saveDownload(saver, released("a.txt", "x"), "kojin");
    expect(shownAs).toMatch(/a \(2\)\.txt$/);
    expect(existsSync(target)).toBe(false);
    for (const name of inFolder()) await rm(join(samba.served, "hanako", name));
  });

  it("beyond what a person may have there, or the server has free", async () => {
    const id = released("a.txt", "twelve bytes");
    const small = open({ personMaxBytes: 10 });
    const full = open({ reserveBytes: Number.MAX_SAFE_INTEGER });
    expect(await codeOf(small.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_FULL");
    expect(await codeOf(full.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_FULL");
    expect(inFolder()).toEqual([]);
    for (const each of [small, full]) await each[Symbol.asyncDispose]();
  });

  it("that came in part, or came while the server did not answer: what was begun is gone", async () => {
    const id = released("a.txt", "whole");
    const file = { name: "a.txt", mediaType: "text/plain", sizeBytes: 5 };
    const cut = open(
      {},
      { release: () => Promise.resolve({ ...file, bytes: Readable.from([Buffer.from("who")]) }) },
    );
    expect(await codeOf(cut.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_AWAY");
    // Bytes that never end, as from a server that never takes them: the writer is given up.
    const stuck = open(
      { seconds: 1 },
      {
        release: () => Promise.resolve({ ...file, bytes: new Readable({ read: () => undefined }) }),
      },
    );
    expect(await codeOf(stuck.saveDownload(saver, id, "kojin"))).toBe("SHARED_FOLDER_AWAY");
    expect(inFolder()).toEqual([]);
    for (const each of [cut, stuck]) await each[Symbol.asyncDispose]();
  });

  it("that stays when a process dies in between: the next one removes it", async () => {
    const part = ".hanare-0123456789abcdef.part";
    writeFileSync(join(samba.served, "hanako", part), "half");
    database
      .prepare(
        `INSERT INTO shared_files (state, folder, mount, parts, part, download_id, owner_id, owner_name, name,
           shown_as, size_bytes, saved_ms, until_ms) VALUES ('writing', 'kojin', ?, '["hanako"]', ?, 'd', 'u', 'n', '', '', 4, 0, 0)`,
      )
      .run(samba.mount, part);
    await shared.tidy();
    expect(inFolder()).toEqual([]);
    const left = database.prepare("SELECT count(*) AS n FROM shared_files WHERE state = 'writing'");
    expect(left.get()).toEqual({ n: 0 });
  });
});

describe("after its time", () => {
  it("a file goes, one that its user changed stays, and both are on record", async () => {
    for (const name of ["old.txt", "edited.txt", "moved.txt"])
      await shared.saveDownload(saver, released(name, "as it came"), "kojin");
    const edited = join(samba.served, "hanako", "edited.txt");
    chmodSync(edited, 0o666);
    writeFileSync(edited, "as I wrote");
    await samba.explorer('rename "hanako/moved.txt" "hanako/elsewhere.txt"');
    await shared.tidy();
    expect(inFolder().toSorted()).toEqual(["edited.txt", "elsewhere.txt", "old.txt"]);
    events.length = 0;
    nowMs += 31 * dayMs;
    await shared.tidy();
    expect(inFolder().toSorted()).toEqual(["edited.txt", "elsewhere.txt"]);
    const over = events.filter(({ action }) => action === "share-expire");
    const stateOf = (name: string) =>
      over.find(({ target }) => target === `\\\\fs01\\hanare\\hanako\\${name}`)?.reason;
    expect(["old.txt", "edited.txt", "moved.txt"].map(stateOf)).toEqual([
      ...["removed", "changed", "gone"],
    ]);
    expect(shared.savedOf(saver.id)).toEqual([]);
  });
});

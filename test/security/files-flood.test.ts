import { execFileSync } from "node:child_process";
import { readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newSessionId, type SessionId, type UserId } from "../../orchestrator/base/ids.ts";
import type { DownloadView } from "../../orchestrator/downloads/types.ts";
import { makeSamples, samplePassword } from "../../practice/samples/samples.ts";
import { argsFor, type DeskHarness, openDesk } from "../integration/downloads/desk-harness.ts";

const mib = 1024 * 1024;
const never = new AbortController().signal;
const text = Buffer.from("ふつうの文\n");

let harness: DeskHarness;
/** Of each test's own. */
let session: SessionId;
beforeAll(async () => {
  harness = await openDesk({
    files: {
      ...{ maxBytes: 4 * mib, sessionMaxBytes: 8 * mib, warmSandboxes: 0, parallel: 1 },
      ...{ personMaxBytes: 220 * mib, totalMaxBytes: 300 * mib },
    },
  });
});
beforeEach(() => {
  session = newSessionId();
});
afterEach(() => harness.desk.endSession(session));
afterAll(() => harness[Symbol.asyncDispose]());

const silent = (size: number) =>
  harness.desk.receive(argsFor(session, "a.bin", size), new PassThrough(), never);

/** Of so many sessions of one person, two files each that announced all a session may have; none of them arrives. */
function announce(owner: string, sessions: number) {
  const ids = Array.from({ length: sessions }, newSessionId);
  const all = ids.flatMap((id) =>
    [1, 2].map(() =>
      harness.desk.receive(
        { ...argsFor(id, "a.bin", 4 * mib), ownerId: owner as UserId },
        new PassThrough(),
        never,
      ),
    ),
  );
  const end = async (which: readonly SessionId[] = ids) => {
    await Promise.all(which.map((id) => harness.desk.endSession(id)));
  };
  return { ids, all, end };
}

/** A small file of this person's, and what the person is told. */
async function take(owner: string, from: DeskHarness = harness) {
  const id = newSessionId();
  const args = { ...argsFor(id, "a.txt", text.length), ownerId: owner as UserId };
  const bytes = Readable.from([text], { objectMode: false });
  const view = await from.desk.receive(args, bytes, never);
  await from.desk.endSession(id);
  return [view.verdict, view.reason, view.messageJa, view.messageEn];
}

const released = [
  ...["released_as_is", "clean-text"],
  ...["内容を確かめました。そのまま受け取れます。", "Checked; you receive it as it is."],
];

async function bytesOnDisk(): Promise<number> {
  let sum = 0;
  for (const own of await readdir(harness.quarantineDir))
    for (const name of await readdir(join(harness.quarantineDir, own)))
      sum += (await stat(join(harness.quarantineDir, own, name))).size;
  return sum;
}

describe("a hostile browser's downloads", () => {
  it("take room from the moment they are announced, and all go with the session", async () => {
    const all = Array.from({ length: 5 }, () => silent(4 * mib));
    const refused = await Promise.all(all.slice(2));
    expect(refused.map(({ verdict, reason }) => [verdict, reason])).toEqual(
      Array(3).fill(["blocked", "session-full"]),
    );
    await harness.desk.endSession(session);
    const ended = await Promise.all(all.slice(0, 2));
    expect(ended.map(({ reason }) => reason)).toEqual(["cancelled", "cancelled"]);
    expect(harness.desk.list(session)).toEqual([]);
    expect(await bytesOnDisk()).toBe(0);
  });

  it("bring no byte more than they announced", async () => {
    const announced = 10;
    const source = new PassThrough();
    const receiving = harness.desk.receive(argsFor(session, "a.txt", announced), source, never);
    source.write(Buffer.alloc(3 * mib));
    const view = await receiving;
    expect([view.verdict, view.reason, source.destroyed]).toEqual(["failed", "incomplete", true]);
    expect(await bytesOnDisk()).toBe(0);
  });

  it("do not fill the session for good: what was dropped takes no room", async () => {
    for (let at = 0; at < 4; at += 1) {
      const view = await harness.receive("a.txt", Buffer.alloc(3 * mib), {
        announced: 3 * mib + 1,
        session,
      });
      expect(view.reason).toBe("incomplete");
    }
    await harness.desk.receive(argsFor(session, "a.txt", 4 * mib), Readable.from([]), never);
    expect(harness.desk.list(session).map(({ reason }) => reason)).toEqual(
      Array(5).fill("incomplete"),
    );
  });

  it("wait in numbers that end: the 51st under way is refused", async () => {
    const all = Array.from({ length: 52 }, () => silent(1));
    const [last, before] = await Promise.all([all[51], all[50]]);
    expect([before?.reason, last?.reason]).toEqual(["session-full", "session-full"]);
    expect(harness.desk.list(session).filter(({ stage }) => stage !== "done")).toHaveLength(50);
  });

  it("are forgotten past 500, so that a session's list stays short", async () => {
    for (let at = 0; at < 510; at += 1)
      await harness.receive("", Buffer.alloc(0), { announced: 1, session });
    expect(harness.desk.list(session)).toHaveLength(500);
  });

  it("that were released and not fetched yet cannot be read once the session is over", async () => {
    const view = await harness.receive("a.txt", text, { session });
    const file = await harness.desk.release(view.id, { terminal: "192.0.2.7" });
    await harness.desk.endSession(session);
    await expect(file.bytes.toArray()).rejects.toThrow();
    await expect(harness.desk.release(view.id, { terminal: "192.0.2.7" })).rejects.toMatchObject({
      code: "FILE_NOT_RELEASED",
    });
  });

  it("keep nobody else waiting: another session's one file comes before the rest", async () => {
    const order: string[] = [];
    const take = async (name: string, from = session): Promise<DownloadView> => {
      const view = await harness.receive(name, text, { session: from });
      order.push(view.name);
      return view;
    };
    const flood = ["1", "2", "3", "4"].map((name) => take(`${name}.txt`));
    const other = newSessionId();
    await take("other.txt", other);
    expect(order.length).toBeLessThanOrEqual(2);
    expect(order.at(-1)).toBe("other.txt");
    for (const each of [session, other]) await harness.desk.endSession(each);
    await Promise.all(flood);
  });

  it("are inspected one by one where no more than one may be at work", async () => {
    let most = 0;
    const inspecting = new Set<string>();
    const stop = harness.desk.onChange((view) => {
      if (view.stage === "inspecting") inspecting.add(view.id);
      if (view.stage === "done") inspecting.delete(view.id);
      most = Math.max(most, inspecting.size);
    });
    const views = await Promise.all(
      ["1.txt", "2.txt", "3.txt"].map((name) => harness.receive(name, text, { session })),
    );
    stop();
    expect(views.map((view) => view.verdict)).toEqual(Array(3).fill("released_as_is"));
    expect(most).toBe(1);
  });

  it("are inspected once for each password, however often it is sent while they wait", async () => {
    const name = "見積一式.zip";
    const locked = (await makeSamples()).find((each) => each.name === name);
    const view = await harness.receive(name, locked?.bytes ?? text, { session });
    expect(view.verdict).toBe("needs_password");
    const clamd = harness.desk.containers().find((name) => name.includes("-clamd-")) ?? "";
    execFileSync("docker", ["pause", clamd], { stdio: "ignore" });
    const other = newSessionId();
    let unlocking: Promise<DownloadView>;
    try {
      void harness.receive("before.txt", text, { session: other });
      await expect
        .poll(() => harness.desk.list(other).map(({ stage }) => stage))
        .toEqual(["inspecting"]);
      unlocking = harness.desk.unlock(view.id, [samplePassword], never);
      await expect(harness.desk.unlock(view.id, [samplePassword], never)).rejects.toMatchObject({
        code: "FILE_NOT_WAITING",
      });
    } finally {
      execFileSync("docker", ["unpause", clamd], { stdio: "ignore" });
    }
    const opened = await unlocking;
    expect([opened.verdict, opened.releasable]).toEqual(["sanitized", true]);
    expect((await harness.fetch(opened)).name).toBe(name);
    await harness.desk.endSession(other);
  });

  it("wait on the disk: 50 of them take no room in this process's memory", async () => {
    const files = 50;
    // The measure first: it sees as many bytes when something holds them.
    const empty = await settledMemory();
    const bodies = Array.from({ length: files }, () => Buffer.alloc(4 * mib, 1));
    expect(heldMemory() - empty).toBeGreaterThan(files * 3 * mib);
    expect(bodies.splice(0)).toHaveLength(files);
    await expect.poll(() => heldMemory() - empty).toBeLessThan(4 * mib);

    const sessions = Array.from({ length: files }, newSessionId);
    const clamd = harness.desk.containers().find((name) => name.includes("-clamd-")) ?? "";
    execFileSync("docker", ["pause", clamd], { stdio: "ignore" });
    try {
      const before = await settledMemory();
      const all = sessions.map((each) =>
        harness.desk.receive(argsFor(each, "a.txt", 4 * mib), lines(4 * mib), never),
      );
      await expect
        .poll(() => harness.desk.quarantine.count, { timeout: 60_000 })
        .toBeGreaterThanOrEqual(files);
      expect(await bytesOnDisk()).toBeGreaterThan(files * 4 * mib);
      // The one that is at work is on its way to the scanner and to its box.
      await expect.poll(() => heldMemory() - before).toBeLessThan(16 * mib);
      expect(
        sessions.flatMap((each) => harness.desk.list(each)).filter(({ stage }) => stage === "done"),
      ).toEqual([]);
      await Promise.all(sessions.map((each) => harness.desk.endSession(each)));
      expect((await Promise.all(all)).map(({ reason }) => reason)).toEqual(
        Array(files).fill("cancelled"),
      );
      expect([harness.desk.quarantine.count, await bytesOnDisk()]).toEqual([0, 0]);
    } finally {
      execFileSync("docker", ["unpause", clamd], { stdio: "ignore" });
    }
  });
});

describe("room", () => {
  const personFull = [
    ...["blocked", "person-full"],
    "あなたの受け取り待ちのファイルが多すぎます。使い終えたブラウザを終了してから、もう一度ダウンロードしてください。",
    "You hold too many files. End browsers you no longer need, and download it again.",
  ];
  const diskFull = [
    ...["blocked", "disk-full"],
    "サーバーの置き場所がいっぱいです。しばらくしてからお試しください。続くときは管理者に連絡してください。",
    "The server has no room for it. Try again later; if it persists, contact your administrator.",
  ];

  it("of one person ends over all their sessions, and comes back as they end browsers", async () => {
    // 27 × 8 MiB, and 4 MiB that a session may still have and the person has: 220.
    const hanako = announce("hanako", 28);
    try {
      expect((await hanako.all.at(-1))?.reason).toBe("person-full");
      expect(await take("hanako")).toEqual(personFull);
      expect(harness.events.at(-1)).toMatchObject({
        ...{ action: "verdict", userId: "hanako", reason: "blocked:person-full" },
      });
      expect(await take("taro")).toEqual(released);
      await hanako.end(hanako.ids.slice(0, 1));
      expect(await take("hanako")).toEqual(released);
    } finally {
      await hanako.end();
    }
  });

  it("of all people together ends, and comes back as anybody ends theirs", async () => {
    const hanako = announce("hanako", 27);
    const taro = announce("taro", 11);
    try {
      expect((await taro.all.at(-1))?.reason).toBe("disk-full");
      expect(await take("jiro")).toEqual(diskFull);
      await hanako.end(hanako.ids.slice(0, 1));
      expect(await take("jiro")).toEqual(released);
    } finally {
      await Promise.all([hanako.end(), taro.end()]);
    }
  });

  it("that the server's disk keeps for others is not taken", async () => {
    const { bavail, bsize } = await statfs(harness.quarantineDir);
    await using careful = await openDesk({
      files: { warmSandboxes: 0, diskReserveBytes: bavail * bsize * 2 },
    });
    expect(await take("hanako", careful)).toEqual(diskFull);
    expect(careful.desk.quarantine.count).toBe(0);
  });
});

/** Text that is made while it is read, so that this test holds none of it. */
function lines(size: number): Readable {
  return Readable.from(
    (function* () {
      for (let at = 0; at < size; at += 64 * 1024)
        yield Buffer.alloc(64 * 1024, "an ordinary line\n");
    })(),
    { objectMode: false },
  );
}

/** What is held once nothing more goes: streams of the tests before close, and buffers are swept, a while after. */
async function settledMemory(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let still = 0; still < 5; still += 1) {
    await setTimeout(50);
    const now = heldMemory();
    if (now < least - 64 * 1024) still = 0;
    least = Math.min(least, now);
  }
  return least;
}

/** Bytes that something refers to, on the heap and beside it. */
function heldMemory(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

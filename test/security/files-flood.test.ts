import { execFileSync } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newSessionId, type SessionId } from "../../orchestrator/base/ids.ts";
import type { DownloadView } from "../../orchestrator/downloads/types.ts";
import { argsFor, type DeskHarness, openDesk } from "../integration/downloads/desk-harness.ts";

const mib = 1024 * 1024;
const never = new AbortController().signal;
const text = Buffer.from("ふつうの文\n");

let harness: DeskHarness;
/** Of each test's own. */
let session: SessionId;
beforeAll(async () => {
  harness = await openDesk({
    files: { maxBytes: 4 * mib, sessionMaxBytes: 8 * mib, warmSandboxes: 0, parallel: 1 },
  });
});
beforeEach(() => {
  session = newSessionId();
});
afterEach(() => harness.desk.endSession(session));
afterAll(() => harness[Symbol.asyncDispose]());

const silent = (size: number) =>
  harness.desk.receive(argsFor(session, "a.bin", size), new PassThrough(), never);

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

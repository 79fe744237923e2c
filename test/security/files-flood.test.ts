import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSessionId } from "../../orchestrator/base/ids.ts";
import type { DownloadView } from "../../orchestrator/downloads/types.ts";
import { argsFor, type DeskHarness, openDesk } from "../integration/downloads/desk-harness.ts";

const kib = 1024;
const never = new AbortController().signal;
const text = Buffer.from("ふつうの文\n");

let harness: DeskHarness;
beforeEach(async () => {
  harness = await openDesk({
    files: { maxBytes: 256 * kib, sessionMaxBytes: 512 * kib, warmSandboxes: 0, parallel: 1 },
  });
});
afterEach(() => harness[Symbol.asyncDispose]());

const silent = (size: number) =>
  harness.desk.receive(argsFor(harness.session, "a.bin", size), new PassThrough(), never);

async function bytesOnDisk(): Promise<number> {
  let sum = 0;
  for (const own of await readdir(harness.quarantineDir))
    for (const name of await readdir(join(harness.quarantineDir, own)))
      sum += (await stat(join(harness.quarantineDir, own, name))).size;
  return sum;
}

describe("a hostile browser's downloads", () => {
  it("take room from the moment they are announced, and all go with the session", async () => {
    const all = Array.from({ length: 5 }, () => silent(256 * kib));
    const refused = await Promise.all(all.slice(2));
    expect(refused.map(({ verdict, reason }) => [verdict, reason])).toEqual(
      Array(3).fill(["blocked", "session-full"]),
    );
    await harness.desk.endSession(harness.session);
    const ended = await Promise.all(all.slice(0, 2));
    expect(ended.map(({ reason }) => reason)).toEqual(["cancelled", "cancelled"]);
    expect(harness.desk.list(harness.session)).toEqual([]);
    expect(await bytesOnDisk()).toBe(0);
  });

  it("bring no byte more than they announced", async () => {
    const announced = 10;
    const source = new PassThrough();
    const receiving = harness.desk.receive(
      argsFor(harness.session, "a.txt", announced),
      source,
      never,
    );
    source.write(Buffer.alloc(200 * kib));
    const view = await receiving;
    expect([view.verdict, view.reason, source.destroyed]).toEqual(["failed", "incomplete", true]);
    expect(await bytesOnDisk()).toBe(0);
  });

  it("do not fill the session for good: what was dropped takes no room", async () => {
    for (let at = 0; at < 4; at += 1) {
      const view = await harness.receive("a.txt", Buffer.alloc(200 * kib), {
        announced: 201 * kib,
      });
      expect(view.reason).toBe("incomplete");
    }
    await harness.desk.receive(
      argsFor(harness.session, "a.txt", 256 * kib),
      Readable.from([]),
      never,
    );
    expect(harness.desk.list(harness.session).map(({ reason }) => reason)).toEqual(
      Array(5).fill("incomplete"),
    );
  });

  it("wait in numbers that end: the 51st under way is refused", async () => {
    const all = Array.from({ length: 52 }, () => silent(1));
    const [last, before] = await Promise.all([all[51], all[50]]);
    expect([before?.reason, last?.reason]).toEqual(["session-full", "session-full"]);
    expect(harness.desk.list(harness.session).filter(({ stage }) => stage !== "done")).toHaveLength(
      50,
    );
  });

  it("are forgotten past 500, so that a session's list stays short", async () => {
    for (let at = 0; at < 510; at += 1)
      await harness.receive("", Buffer.alloc(0), { announced: 1 });
    expect(harness.desk.list(harness.session)).toHaveLength(500);
  });

  it("that were released and not fetched yet cannot be read once the session is over", async () => {
    const view = await harness.receive("a.txt", text);
    const file = await harness.desk.release(view.id, { terminal: "192.0.2.7" });
    await harness.desk.endSession(harness.session);
    await expect(file.bytes.toArray()).rejects.toThrow();
    await expect(harness.desk.release(view.id, { terminal: "192.0.2.7" })).rejects.toMatchObject({
      code: "FILE_NOT_RELEASED",
    });
  });

  it("keep nobody else waiting: another session's one file comes before the rest", async () => {
    const order: string[] = [];
    const take = async (name: string, session = harness.session): Promise<DownloadView> => {
      const view = await harness.receive(name, text, { session });
      order.push(view.name);
      return view;
    };
    const flood = ["1", "2", "3", "4"].map((name) => take(`${name}.txt`));
    await take("other.txt", newSessionId());
    expect(order.length).toBeLessThanOrEqual(2);
    expect(order.at(-1)).toBe("other.txt");
    await harness.desk.endSession(harness.session);
    await Promise.all(flood);
  });
});

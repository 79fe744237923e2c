import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { controlFrameLimitBytes, frameType, toAgent } from "../../images/wire/control.ts";
import { encodeFrame, encodeJsonFrame, FrameReader } from "../../images/wire/frame.ts";
import { createLog } from "../../orchestrator/base/log.ts";
import { SessionLink } from "../../orchestrator/sessions/link.ts";
import { strikesAllowed } from "../../orchestrator/sessions/strikes.ts";
import { controlHello, dialAs } from "./peer.ts";

let directory: string;
let path: string;
let link: SessionLink;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "hanare-test-link-"));
  path = join(directory, "control.sock");
  link = await SessionLink.listen(path, createLog("silent"));
});
afterEach(async () => {
  await link[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function connected(): Promise<Socket> {
  const socket = await dialAs(path, controlHello);
  const heard = once(link, "message");
  socket.write(encodeJsonFrame(frameType.message, { type: "pong", nonce: 1 }));
  await heard;
  return socket;
}

const hello = (text: string | Buffer) => encodeFrame(frameType.hello, Buffer.from(text));

describe("a first frame that breaks the protocol costs its connection and nothing else", () => {
  it.each<[string, Buffer]>([
    ["invalid UTF-8", hello(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    ["no JSON", hello("{")],
    ["JSON of 10,000 levels", hello("[".repeat(10_000) + "]".repeat(10_000))],
    ["a prototype", hello('{"__proto__":{"kind":"control"},"version":1,"browser":""}')],
    ["one field more", hello('{"kind":"control","version":1,"browser":"","constructor":1}')],
    ["another frame type", encodeFrame(77, Buffer.from("{}"))],
    ["4 GB announced", Buffer.from([0xff, 0xff, 0xff, 0xff, 1])],
    ["a picture nobody asked for", hello('{"kind":"picture","stream":"aaaaaaaaaaaa"}')],
    ["9 GB of download", hello(`{"kind":"download","name":"","url":"","size":${9 * 1024 ** 3}}`)],
    ["a download with nobody to take it", hello('{"kind":"download","name":"","url":"","size":1}')],
  ])("%s", async (_name, bytes) => {
    const socket = await dialAs(path, bytes);
    await once(socket.resume(), "close");
    expect((await connected()).destroyed).toBe(false);
  });
});

describe("a message that breaks the protocol ends the message connection", () => {
  it.each<[string, Buffer]>([
    ["65 tabs", encodeJsonFrame(frameType.message, { type: "tabs", tabs: Array(65), active: 1 })],
    ["JSON of 50,000 levels", encodeFrame(2, Buffer.from("[".repeat(50_000)))],
    ["NaN for a number", encodeFrame(2, Buffer.from('{"type":"pong","nonce":1e999}'))],
  ])("%s", async (_name, bytes) => {
    const socket = await connected();
    const down = once(link, "down");
    socket.write(bytes);
    await down;
    expect(link.connected).toBe(false);
    expect((await connected()).destroyed).toBe(false);
  });
});

it("who keeps breaking the protocol is reported once, and nobody waits for it any longer", async () => {
  const reported: string[] = [];
  link.on("violated", (reason) => reported.push(reason));
  const waiting = expect(link.ready(AbortSignal.timeout(10_000))).rejects.toMatchObject({
    code: "WIRE_PROTOCOL",
  });
  for (let turn = 0; turn < strikesAllowed; turn += 1) {
    const socket = await dialAs(path, hello("{"));
    await once(socket.resume(), "close");
  }
  expect(reported).toEqual([]);
  for (let turn = 0; turn < 3; turn += 1) {
    const socket = await dialAs(path, encodeFrame(77, Buffer.from("{}")));
    await once(socket.resume(), "close");
  }
  expect(reported).toEqual([expect.stringContaining("WIRE_PROTOCOL")]);
  await waiting;
});

it("a container that does not read is cut off before much waits for it", async () => {
  const socket = await connected();
  socket.pause();
  const down = once(link, "down");
  let written = 0;
  while (link.connected && written < 64 * 1024 * 1024) {
    link.send({ type: "insert-text", text: "あ".repeat(16_000) });
    written += 48_000;
    await new Promise(setImmediate);
  }
  await down;
  expect(written).toBeLessThan(8 * 1024 * 1024);
  link.send({ type: "reload" });
  expect((await connected()).destroyed).toBe(false);
});

it("a viewer that leaves before the picture came gives its place back, and the late picture is nobody's fault", async () => {
  const control = await connected();
  const reader = new FrameReader(controlFrameLimitBytes);
  const reported: string[] = [];
  link.on("violated", (reason) => reported.push(reason));
  // A page that is reloaded again and again.
  for (let turn = 0; turn < 2 * strikesAllowed; turn += 1) {
    const gone = new AbortController();
    const opening = link.openPicture(gone.signal);
    gone.abort(new Error("viewer gone"));
    await expect(opening).rejects.toThrow("viewer gone");
    const [chunk] = (await once(control, "data")) as [Buffer];
    const asked = toAgent.parse(JSON.parse([...reader.push(chunk)][0]?.payload.toString() ?? ""));
    if (asked.type !== "open-picture") throw new Error(asked.type);
    const late = await dialAs(path, { kind: "picture", stream: asked.stream });
    await once(late.resume(), "close");
  }
  expect(reported).toEqual([]);
  expect(link.connected).toBe(true);
});

it("a container that dials without end finds nobody, and is heard again later", async () => {
  const standing = await connected();
  await Promise.allSettled(
    Array.from({ length: 400 }, async () => (await dialAs(path, Buffer.alloc(0))).destroy()),
  );
  const dialled = () =>
    dialAs(path, Buffer.alloc(0)).then(
      (socket) => {
        socket.destroy();
        return "accepted";
      },
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
  await expect.poll(dialled, { interval: 50 }).toBe("ENOENT");
  expect([standing.destroyed, link.connected]).toEqual([false, true]);
  await expect.poll(dialled, { interval: 200 }).toBe("accepted");
  expect((await connected()).destroyed).toBe(false);
});

describe("a flood takes a small part of the orchestrator's time", () => {
  it.each(["huge tabs", "small messages", "connections", "connections with a download"])(
    "%s",
    async (kind) => {
      link.on("download", ({ bytes }) => bytes.destroy());
      const worker = new Worker(new URL("./flood.ts", import.meta.url), {
        workerData: { path, kind },
      });
      try {
        await once(worker, "online");
        await wait(300);
        // This thread's own time on a processor: what others do on the machine counts for nobody.
        const [at, before] = [performance.now(), process.threadCpuUsage()];
        await wait(1500);
        const { user, system } = process.threadCpuUsage(before);
        expect((user + system) / 1000 / (performance.now() - at)).toBeLessThan(0.4);
      } finally {
        await worker.terminate();
      }
    },
  );
});

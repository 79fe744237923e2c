/** A hostile container where its sound should be: what reaches listeners, and what is never opened. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { controlFrameLimitBytes, toAgent } from "../../images/wire/control.ts";
import { encodeFrame, FrameReader } from "../../images/wire/frame.ts";
import { soundFrame } from "../../images/wire/sound.ts";
import { newSessionId } from "../../orchestrator/base/ids.ts";
import { createLog } from "../../orchestrator/base/log.ts";
import { Sound } from "../../orchestrator/gateway/sound.ts";
import { SessionLink } from "../../orchestrator/sessions/link.ts";
import { controlHello, dialAs } from "./peer.ts";

const id = newSessionId();
let directory: string;
let link: SessionLink;
let control: Socket;
let portal: WebSocketServer;
let sound: Sound;
let allowed: boolean;
let now: number;
/** Streams that the container was asked for. */
let asked: string[];
let pings: number;
let path: string;

beforeEach(async () => {
  allowed = true;
  now = 0;
  asked = [];
  pings = 0;
  directory = await mkdtemp(join(tmpdir(), "hanare-test-sound-"));
  path = join(directory, "control.sock");
  link = await SessionLink.listen(path, createLog("silent"));
  const up = once(link, "up");
  control = await dialAs(path, controlHello);
  await up;
  const reader = new FrameReader(controlFrameLimitBytes);
  control.on("data", (chunk: Buffer) => {
    for (const { payload } of reader.push(chunk)) {
      const message = toAgent.parse(JSON.parse(payload.toString()));
      if (message.type === "open-sound") asked.push(message.stream);
      if (message.type === "ping") pings += 1;
    }
  });
  sound = new Sound({ mayHear: () => allowed, log: createLog("silent"), now: () => now });
  portal = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  portal.on("connection", (socket) => sound.join(id, socket));
  await once(portal, "listening");
});
afterEach(async () => {
  for (const client of portal.clients) client.terminate();
  portal.close();
  control.destroy();
  await link[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

interface Listener {
  readonly socket: WebSocket;
  readonly heard: Buffer[];
  readonly closed: Promise<number>;
}

async function listen(): Promise<Listener> {
  const before = portal.clients.size;
  const socket = new WebSocket(`ws://127.0.0.1:${(portal.address() as AddressInfo).port}/`);
  const heard: Buffer[] = [];
  socket.on("message", (data) => heard.push(data as Buffer));
  const closed = once(socket, "close").then(([code]) => code as number);
  await once(socket, "open");
  await expect.poll(() => portal.clients.size).toBeGreaterThan(before);
  return { socket, heard, closed };
}

/** The container's connection, after it said that a page plays. */
async function program(): Promise<Socket> {
  sound.sounding(id, link);
  await expect.poll(() => asked.length).toBe(1);
  return dialAs(path, { kind: "sound", stream: asked[0] ?? "" });
}

const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.once("close", () => resolve()));
const packet = (sequence: number, first = 0xfc): Buffer => {
  const payload = Buffer.alloc(60, 7);
  payload.writeUInt32BE(sequence);
  payload[8] = first;
  return payload;
};
const frame = (sequence: number) => encodeFrame(soundFrame, packet(sequence));

it("everybody who listens hears what is played, as it was", async () => {
  const both = [await listen(), await listen()];
  const container = await program();
  container.write(frame(1));
  for (const { heard } of both) {
    await expect.poll(() => heard.length).toBe(1);
    expect(heard[0]).toEqual(Buffer.concat([Buffer.from([soundFrame]), packet(1)]));
  }
});

it("no more is passed on than sound has, however fast it comes", async () => {
  const { heard } = await listen();
  const container = await program();
  for (let n = 1; n <= 1000; n += 1) container.write(frame(n));
  await expect.poll(() => heard.length).toBeGreaterThan(30);
  now = 1000;
  container.write(frame(2000));
  await expect.poll(() => heard.at(-1)?.readUInt32BE(1)).toBe(2000);
  expect(heard.length).toBeLessThan(50);
});

describe("listeners are told that there is no sound, and the container's connection ends, for", () => {
  it.each<[string, Buffer]>([
    ["garbage", Buffer.alloc(100, 0x5a)],
    ["another type of frame", encodeFrame(16, packet(1))],
    ["sound of a container before an upgrade", encodeFrame(24, packet(1))],
    ["a packet of two frames", encodeFrame(soundFrame, packet(1, 0xfd))],
    ["a packet of 60 ms", encodeFrame(soundFrame, packet(1, 0b00011_1_00))],
    ["a frame that announces more than the limit", Buffer.from([0, 1, 0, 0, soundFrame])],
  ])("%s", async (_name, bytes) => {
    const { closed, heard } = await listen();
    const container = await program();
    const gone = ended(container);
    container.write(bytes);
    expect(await closed).toBe(4001);
    await gone;
    expect(heard).toEqual([]);
  });
});

describe("the container is asked for nothing", () => {
  const rings = () => {
    for (let n = 0; n < 100; n += 1) sound.sounding(id, link);
  };
  /** What was asked before has arrived as well. */
  const arrived = async () => {
    const before = pings;
    link.send({ type: "ping", nonce: 1 });
    await expect.poll(() => pings).toBe(before + 1);
  };
  it("while nobody listens", async () => {
    rings();
    await arrived();
    expect(asked).toEqual([]);
  });

  it("where the policy lets no sound through, and who wants to hear is let go", async () => {
    allowed = false;
    const { closed } = await listen();
    rings();
    expect(await closed).toBe(1008);
    await arrived();
    expect(asked).toEqual([]);
  });

  it("twice", async () => {
    await listen();
    rings();
    await program();
    rings();
    await arrived();
    expect(asked.length).toBe(1);
  });
});

it("what plays ends with the last who listens, and with a change of policy", async () => {
  const first = await listen();
  const container = await program();
  const gone = ended(container);
  first.socket.close();
  await gone;
  asked = [];
  const second = await listen();
  const other = await program();
  const otherGone = ended(other);
  allowed = false;
  sound.enforce();
  expect(await second.closed).toBe(1000);
  await otherGone;
});

it("a listener that speaks is let go", async () => {
  const { socket, closed } = await listen();
  socket.send("hello");
  expect(await closed).toBe(1008);
});

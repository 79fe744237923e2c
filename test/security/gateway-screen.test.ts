/** A hostile container where its encoder should be: what becomes of its pictures at the gateway, and of a hostile viewer. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { controlFrameLimitBytes, toAgent } from "../../images/wire/control.ts";
import { encodeFrame, FrameReader } from "../../images/wire/frame.ts";
import {
  encodeViewerScreen,
  screenFrame,
  screenFrameLimitBytes,
  type ViewerScreenMessage,
} from "../../images/wire/screen.ts";
import { createLog } from "../../orchestrator/base/log.ts";
import { joinScreen } from "../../orchestrator/gateway/screen.ts";
import { SessionLink } from "../../orchestrator/sessions/link.ts";
import { png, update } from "../support/screen-bytes.ts";
import { controlHello, dialAs } from "./peer.ts";

let directory: string;
let link: SessionLink;
let control: Socket;
let encoder: Socket;
let portal: WebSocketServer;
let viewer: WebSocket;
let closed: Promise<number>;
const resized: unknown[] = [];

/** The agent's part: an encoder's connection for whoever asks, here in the test's own hand. */
beforeEach(async () => {
  resized.length = 0;
  directory = await mkdtemp(join(tmpdir(), "hanare-test-screen-"));
  const path = join(directory, "control.sock");
  link = await SessionLink.listen(path, createLog("silent"));
  const up = once(link, "up");
  control = await dialAs(path, controlHello);
  await up;
  const asked = Promise.withResolvers<Socket>();
  const reader = new FrameReader(controlFrameLimitBytes);
  control.on("data", (chunk: Buffer) => {
    for (const { payload } of reader.push(chunk)) {
      const message = toAgent.parse(JSON.parse(payload.toString()));
      if (message.type === "resize") resized.push(message);
      if (message.type === "open-screen")
        void dialAs(path, { kind: "screen", stream: message.stream }).then(asked.resolve);
    }
  });
  portal = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  portal.on("connection", (socket) => void joinScreen(socket, link, createLog("silent")));
  await once(portal, "listening");
  viewer = new WebSocket(`ws://127.0.0.1:${(portal.address() as AddressInfo).port}/`);
  closed = once(viewer, "close").then(([code]) => code as number);
  await once(viewer, "open");
  encoder = await asked.promise;
});
afterEach(async () => {
  viewer.terminate();
  portal.close();
  control.destroy();
  encoder.destroy();
  await link[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const empty = (sequence: number): Buffer => update(sequence, 100, 80, []);
const show = (payload: Uint8Array, type: number = screenFrame.update) =>
  encoder.write(encodeFrame(type, payload));
/** Broken off or closed: which, is the peer's own business. */
const ended = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.once("close", () => resolve()));
const say = (message: ViewerScreenMessage) => viewer.send(encodeViewerScreen(message));

it("a fit update reaches the viewer as it was, and the viewer's answer the encoder", async () => {
  const sent = update(1, 100, 80, [{ kind: 2, rects: [[0, 0, 100, 80]], data: png(100, 80) }]);
  const heard = once(viewer, "message");
  show(sent);
  const [data] = (await heard) as [Buffer];
  expect(data).toEqual(Buffer.concat([Buffer.from([screenFrame.update]), sent]));
  const answered = once(encoder, "data");
  say({ type: "ack", sequence: 1 });
  const [answer] = (await answered) as [Buffer];
  expect(answer).toEqual(Buffer.from([0, 0, 0, 4, screenFrame.ack, 0, 0, 0, 1]));
});

it("a window of another size is the agent's business, and the encoder hears nothing of it", async () => {
  const answered = once(encoder, "data");
  say({ type: "size", width: 1001, height: 701, scalePct: 150 });
  say({ type: "watch", watching: false });
  const [answer] = (await answered) as [Buffer];
  expect(answer).toEqual(Buffer.from([0, 0, 0, 1, screenFrame.watch, 0]));
  await expect
    .poll(() => resized)
    .toEqual([{ type: "resize", width: 1001, height: 701, scalePct: 150 }]);
});

describe("the viewer is told to take the other way, and the container's connection ends, for", () => {
  it.each<[string, () => void]>([
    ["garbage", () => show(Buffer.alloc(1000, 0x5a))],
    [
      "a picture that claims to be larger than the display",
      () =>
        show(update(1, 100, 80, [{ kind: 2, rects: [[0, 0, 9, 9]], data: png(60_000, 60_000) }])),
    ],
    [
      "a page in a picture's place",
      () =>
        show(
          update(1, 9, 9, [
            { kind: 2, rects: [[0, 0, 9, 9]], data: Buffer.from("<script>alert(1)</script>") },
          ]),
        ),
    ],
    ["another type of frame", () => show(empty(1), screenFrame.pointer)],
    ["an update of a container before an upgrade", () => show(empty(1), 16)],
    [
      "a frame that announces more than the limit",
      () => encoder.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, screenFrame.update])),
    ],
    [
      "updates that the viewer never took",
      () => {
        for (let n = 1; n <= 9; n += 1) show(empty(n));
      },
    ],
    [
      "a thousand shapes of the pointer",
      () => {
        for (let n = 0; n < 1000; n += 1) show(Buffer.alloc(8), screenFrame.cursor);
      },
    ],
  ])("%s", async (_name, act) => {
    const gone = ended(encoder);
    act();
    expect(await closed).toBe(4001);
    await gone;
  });
});

it("an encoder that ends is no hostile one: the viewer may ask again", async () => {
  encoder.end();
  expect(await closed).toBe(1013);
});

it("a terminal that does not read holds the container up, and nothing is kept for it", async () => {
  // Not by acknowledgements, which a viewer could send blindly: by what is written and not yet taken.
  const big = update(1, 4000, 900, [
    {
      kind: 2,
      rects: [[0, 0, 4000, 900]],
      data: [...png(4000, 900), ...Array<number>(900_000).fill(7)],
    },
  ]);
  expect(big.length).toBeLessThan(screenFrameLimitBytes);
  viewer.pause();
  for (let n = 0; n < 40; n += 1) {
    show(big);
    // The acknowledgement comes after what it is for, as a blind viewer would time it.
    await wait(10);
    say({ type: "ack", sequence: 1 });
  }
  const seen: number[] = [];
  await expect
    .poll(() => {
      seen.push(encoder.writableLength);
      return seen.at(-1) === seen.at(-6) && seen.length > 8;
    })
    .toBe(true);
  expect(seen.at(-1)).toBeGreaterThan(20 * big.length);
});

describe("a viewer is let go, and the encoder with it, when it says", () => {
  it.each<[string, string | Uint8Array]>([
    ["text", "hello"],
    ["nothing", new Uint8Array()],
    ["an update", Buffer.concat([Buffer.from([screenFrame.update]), empty(1)])],
    [
      "a display of 65,535 pixels",
      encodeViewerScreen({ type: "size", width: 65_535, height: 720, scalePct: 100 }),
    ],
  ])("%s", async (_name, message) => {
    const gone = ended(encoder);
    viewer.send(message);
    expect(await closed).toBe(1008);
    await gone;
  });
});

it("a viewer that goes takes its encoder along", async () => {
  const gone = ended(encoder);
  viewer.terminate();
  await gone;
});

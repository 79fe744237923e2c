/** What a viewer gets of a container's first pictures, and what nobody waits for. */
import { PassThrough } from "node:stream";
import type { WebSocket } from "ws";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeFrame } from "../../../images/wire/frame.ts";
import { frameType } from "../../../images/wire/control.ts";
import { createLog } from "../../../orchestrator/base/log.ts";
import type { SessionId } from "../../../orchestrator/base/ids.ts";
import { FirstPictures } from "../../../orchestrator/gateway/first-pictures.ts";

const id = "s1" as SessionId;
const jpeg = (name: string) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(name)]);
const frame = (picture: Buffer) => encodeFrame(frameType.still, picture);

let pictures: FirstPictures;
/** One for each time that the container was asked. */
let containers: PassThrough[];
let sent: string[];
let viewer: WebSocket;
let left: AbortController;

const link = {
  openStills: () => {
    const stills = new PassThrough();
    containers.push(stills);
    return Promise.resolve(stills);
  },
};
const container = (at = 0) => {
  const found = containers[at];
  if (!found) throw new Error("not asked");
  return found;
};
const send = () => pictures.send(viewer, id, link, left.signal);

beforeEach(() => {
  pictures = new FirstPictures(createLog("silent"));
  [containers, sent, left] = [[], [], new AbortController()];
  viewer = {
    ...{ OPEN: 1, readyState: 1, bufferedAmount: 0 },
    send: (picture: Buffer) => void sent.push(picture.subarray(3).toString()),
  } as unknown as WebSocket;
});
afterEach(() => vi.useRealTimers());

describe("a container that was asked when its person got it", () => {
  it("has the picture ready when their tab comes, and what follows is passed on", async () => {
    pictures.expect(id, link);
    container().write(frame(jpeg("before")));
    const sending = send();
    await expect.poll(() => sent).toEqual(["before"]);
    container().write(frame(jpeg("after")));
    await expect.poll(() => sent).toEqual(["before", "after"]);
    container().end();
    await sending;
    expect(containers).toHaveLength(1);
  });

  it("is asked anew by a second tab, and by one that comes after nothing came", async () => {
    vi.useFakeTimers();
    pictures.expect(id, link);
    container().write(frame(jpeg("old")));
    await vi.advanceTimersByTimeAsync(10_001);
    const sending = send();
    await vi.advanceTimersByTimeAsync(1);
    container(1).write(frame(jpeg("new")));
    await vi.advanceTimersByTimeAsync(1);
    left.abort();
    await sending;
    expect([sent, containers.length]).toEqual([["new"], 2]);
  });

  it("is not read further than one picture while nobody has come", async () => {
    pictures.expect(id, link);
    const flood = frame(Buffer.concat([jpeg(""), Buffer.alloc(60_000)]));
    let written = 0;
    while (container().write(flood)) written += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let more = 0; more < 20; more += 1) container().write(flood);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(container().writableLength + container().readableLength).toBeGreaterThan(19 * 60_000);
    expect(written).toBeLessThan(3);
  });
});

describe("a viewer's pictures end", () => {
  it.each<[string, Buffer]>([
    ["something that is no JPEG", frame(Buffer.from("<svg onload=alert(1)>"))],
    ["a frame of another type", encodeFrame(frameType.still + 1, jpeg("x"))],
  ])("with %s", async (_what, wrong) => {
    const sending = send();
    container().write(frame(jpeg("one")));
    container().write(wrong);
    container().write(frame(jpeg("two")));
    await sending;
    expect(sent).toEqual(["one"]);
  });

  it("after sixty of them", async () => {
    const sending = send();
    for (let count = 0; count < 100; count += 1) container().write(frame(jpeg(String(count))));
    await sending;
    expect(sent).toHaveLength(60);
  });

  it("when the viewer goes", async () => {
    const sending = send();
    left.abort();
    await sending;
    expect(sent).toEqual([]);
  });
});

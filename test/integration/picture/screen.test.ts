/**
 * What the real encoder of a real container sends, carried out without a browser and compared with the X
 * display as Xvnc itself tells it: pixel for pixel, whatever moved, was typed, flickered or changed its size.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import type { SessionLink } from "../../../orchestrator/sessions/link.ts";
import { readFramebuffer } from "../../support/framebuffer.ts";
import { ScreenPeer } from "../../support/screen-peer.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

const page = readFileSync(join(import.meta.dirname, "../../support/internet/display.html"), "utf8");
const keysyms = { f8: 0xffc5, f9: 0xffc6 };

let scene: SessionScene;
let link: SessionLink;
let peer: ScreenPeer;
beforeAll(async () => {
  scene = await sessionScene({}, "{}", () => ({ rule: "none", session: true }), undefined, page);
  const { id } = await scene.sessions.open(
    { id: "u1" as UserId, name: "taro", groups: [] },
    // Odd, as windows are: video has even sides.
    { terminal: "192.0.2.1", size: { width: 1001, height: 613, scalePct: 100 } },
    AbortSignal.timeout(30_000),
  );
  const found = scene.sessions.link(id);
  if (!found) throw new Error("no link");
  link = found;
  peer = ScreenPeer.onSocket(await link.openScreen(AbortSignal.timeout(5000)));
  link.send({ type: "navigate", url: "http://page.example/" });
});
afterAll(async () => {
  peer[Symbol.dispose]();
  await scene[Symbol.asyncDispose]();
});

/** Pixels that are not what the display shows, and those that are not known exactly. */
async function faults(): Promise<number | string> {
  await peer.settled();
  const { width, height, pixels } = await readFramebuffer(
    await link.openPicture(AbortSignal.timeout(5000)),
  );
  const { model } = peer;
  if (width !== model.width || height !== model.height)
    return `${model.width}x${model.height} instead of ${width}x${height}`;
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4)
    if (
      pixels[at] !== model.pixels[at + 2] ||
      pixels[at + 1] !== model.pixels[at + 1] ||
      pixels[at + 2] !== model.pixels[at] ||
      model.pixels[at + 3] !== 255
    )
      count += 1;
  return count;
}
/** As a viewer's keys come: by the agent. */
const press = (keysym: number): void => {
  for (const down of [true, false]) link.send({ type: "key", keysym, down });
};
const exact = () => expect.poll(faults, { interval: 100 }).toBe(0);
const updates = () => peer.model.seen.updates;

/** Many colours in the middle of the picture: the page has come. */
async function pageShown(): Promise<void> {
  await expect
    .poll(
      () => {
        const { pixels } = peer.model;
        const colours = new Set<number>();
        for (let at = 0; at + 4 <= pixels.length; at += 400) colours.add(pixels.readUInt32LE(at));
        return colours.size;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(8);
}

it("a page is there as the display shows it", async () => {
  await pageShown();
  await exact();
});

it("nothing is sent of a page that rests", async () => {
  expect(updates()).toBeGreaterThan(0);
  // What the page still had to draw comes first, on a busy machine a while after it was there.
  await expect
    .poll(async () => {
      const { updates: before, bytes } = peer.model.seen;
      await wait(1500);
      return [updates() - before, peer.model.seen.bytes - bytes];
    })
    .toEqual([0, 0]);
});

it("what is typed is there, in few bytes", async () => {
  peer.click(300, 28);
  await exact();
  const before = { ...peer.model.seen };
  for (const character of "hanare") press(character.charCodeAt(0));
  await expect.poll(() => updates() - before.updates).toBeGreaterThan(0);
  await exact();
  expect(peer.model.seen.bytes - before.bytes).toBeLessThan(20_000);
  expect(peer.model.seen.video).toBe(before.video);
});

it("a scrolled page is mostly moves, and exact at the end", async () => {
  const before = { ...peer.model.seen };
  for (let n = 0; n < 12; n += 1) {
    peer.wheel(500, 400, 16);
    await wait(60);
  }
  await expect.poll(() => peer.model.seen.moves - before.moves).toBeGreaterThan(10);
  await exact();
});

it("moving pictures are video, and exact again within a moment of rest", async () => {
  press(keysyms.f9);
  const before = peer.model.seen.video;
  await expect.poll(() => peer.model.seen.video - before).toBeGreaterThan(10);
  await peer.settled();
  expect(peer.model.approximate).toBeGreaterThan(0);
  press(keysyms.f9);
  await exact();
});

it("a viewer that does not answer gets two updates, then the newest state at once", async () => {
  peer.slow = true;
  const before = updates();
  press(keysyms.f8);
  await wait(800);
  await peer.settled();
  expect(updates() - before).toBeLessThanOrEqual(2);
  press(keysyms.f8);
  await wait(300);
  peer.catchUp();
  await exact();
});

it("nothing is sent while nobody watches, and what was missed comes afterwards", async () => {
  peer.send({ type: "watch", watching: false });
  // It says nothing when it has heard: what was drawn before may still come.
  await expect
    .poll(async () => {
      const before = updates();
      press(keysyms.f8);
      await wait(600);
      return updates() - before;
    })
    .toBe(0);
  const before = updates();
  press(keysyms.f8);
  await wait(600);
  expect(updates()).toBe(before);
  peer.send({ type: "watch", watching: true });
  await exact();
});

it("the display takes another size while it is watched, up to 2560×1440", async () => {
  for (const [width, height] of [
    [1280, 720],
    [2560, 1440],
    [640, 481],
  ] as const) {
    link.send({ type: "resize", width, height, scalePct: 100 });
    await expect.poll(() => [peer.model.width, peer.model.height]).toEqual([width, height]);
    await exact();
  }
});

it("a viewer that lost its picture gets it whole", async () => {
  peer.model.pixels.fill(0);
  peer.send({ type: "refresh" });
  await exact();
});

it("the encoder ends with its viewer, and another begins with a whole picture", async () => {
  peer[Symbol.dispose]();
  peer = ScreenPeer.onSocket(await link.openScreen(AbortSignal.timeout(5000)));
  await exact();
});

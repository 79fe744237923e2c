/** What a page of the isolated browser plays, as the terminal hears it; and nothing of it where the policy says so. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { Desk, deskPolicy } from "../support/desk.ts";
import { go } from "../support/terminal.ts";

const soundUrl = "https://www.allowed.test/desk/sound.html";
const withSound = (sound: boolean) =>
  deskPolicy("{ in: true }", `watermark: false, sound: ${String(sound)}`);

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.start(withSound(true));
  await desk.viewer.addInitScript({
    path: join(import.meta.dirname, "../support/pages/hear-sound.js"),
  });
  await desk.viewer.reload();
  await desk.canvas.waitFor();
});
afterAll(() => desk[Symbol.asyncDispose]());
afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await desk.keep(task.name);
});

/** What support/pages/hear-sound.js offers in the viewer's page. */
declare const hanareSound: {
  heard(): { at: number; loudest: number; hertz: number }[];
  white(): number | null;
  forget(): void;
};

const heard = () => desk.viewer.evaluate(() => hanareSound.heard());
const state = () => desk.viewer.getByTestId("sound").getAttribute("data-state");

/** Lets the page play, and waits until it has. */
async function play(): Promise<void> {
  await desk.viewer.evaluate(() => hanareSound.forget());
  await desk.focusPicture();
  await desk.heard(({ played }) => (played ?? 0) > 0);
}

/** Programs of this machine that go by the name; a container's are among them. */
function running(name: string): number {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, "utf8").trim() === name;
      } catch {
        // It ended meanwhile.
        return false;
      }
    }).length;
}

it("a page that plays nothing costs nothing", async () => {
  await go(desk.viewer, `${soundUrl}?sound`);
  await desk.heard(({ query }) => query === "?sound");
  expect(running("hanare-sound")).toBe(0);
  expect(await state()).toBe("quiet");
});

it("a tone arrives as the tone it was", async () => {
  await play();
  await expect.poll(async () => (await heard()).length).toBeGreaterThan(45);
  const pieces = await heard();
  const loud = pieces.filter(({ loudest }) => loudest > 0.4);
  // A second of it, in pieces of 20 ms; what the first sound of a session loses is its first moment.
  expect(loud.length).toBeGreaterThan(40);
  expect(loud.length).toBeLessThan(56);
  const whole = loud.slice(2, -2);
  for (const { hertz } of whole) expect(hertz).toBeGreaterThan(950);
  for (const { hertz } of whole) expect(hertz).toBeLessThan(1050);
  expect(await state()).toBe("playing");
});

it("flash and tone are told apart by nobody, and silence afterwards costs nothing", async () => {
  await play();
  await expect.poll(() => desk.viewer.evaluate(() => hanareSound.white())).not.toBeNull();
  const white = (await desk.viewer.evaluate(() => hanareSound.white())) ?? 0;
  const first = (await heard()).find(({ loudest }) => loudest > 0.4);
  // ITU-R BT.1359-1: unacceptable from 90 ms (sound first) and 185 ms (sound last) on.
  const soundLateMs = (first?.at ?? 0) - white;
  expect(soundLateMs).toBeGreaterThan(-90);
  expect(soundLateMs).toBeLessThan(185);
  await expect.poll(state, { timeout: 20_000 }).toBe("quiet");
  await expect.poll(() => running("hanare-sound"), { timeout: 20_000 }).toBe(0);
});

it("a muted page is sent nothing, and nothing runs for it", async () => {
  await desk.viewer.getByTestId("sound").click();
  expect(await state()).toBe("muted");
  await play();
  expect(await heard()).toEqual([]);
  expect(running("hanare-sound")).toBe(0);
  await desk.viewer.getByTestId("sound").click();
  await play();
  await expect.poll(async () => (await heard()).length).toBeGreaterThan(0);
});

it("muted by the policy, there is no button, and nothing runs", async () => {
  await desk.installation.writePolicy(withSound(false));
  await expect.poll(() => desk.viewer.getByTestId("sound").count()).toBe(0);
  await expect.poll(() => running("hanare-sound")).toBe(0);
  await play();
  expect(await heard()).toEqual([]);
  expect(running("hanare-sound")).toBe(0);
});

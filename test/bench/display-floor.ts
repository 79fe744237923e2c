/**
 * What the display bench's latency is made of, and how little it could be: the parts of our way (until the
 * container looked, until the picture was there, until it was seen), what the terminal takes that draws by
 * itself, and what the container takes from the key to the drawing. The last two together are the floor of every
 * way of sending a picture.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { EngineClient } from "../../orchestrator/engine/client.ts";

/** Of the terminal page's clock; `looked` of the container's, in milliseconds modulo 2^32. */
export interface Taken {
  readonly began: number;
  readonly seen: number;
  readonly update?: { readonly looked: number; readonly arrived: number };
}

export interface Shares {
  readonly untilLooked: number;
  readonly untilArrived: number;
  readonly untilSeen: number;
}

/**
 * The beginning of the page's clock on the machine's monotonic one, which the container has as well: the driver
 * tells the time of that, in seconds, between two looks at the page's; the closest two of several count.
 */
export async function clockOf(viewer: Page): Promise<number> {
  const driver = await viewer.context().newCDPSession(viewer);
  await driver.send("Performance.enable");
  const pageNow = (): Promise<number> => viewer.evaluate(() => performance.now());
  const found: { readonly apart: number; readonly clock: number }[] = [];
  for (let n = 0; n < 20; n += 1) {
    const before = await pageNow();
    const { metrics } = await driver.send("Performance.getMetrics");
    const after = await pageNow();
    const now = metrics.find(({ name }) => name === "Timestamp")?.value ?? Number.NaN;
    found.push({ apart: after - before, clock: now * 1000 - (before + after) / 2 });
  }
  await driver.detach();
  return found.toSorted((a, b) => a.apart - b.apart)[0]?.clock ?? Number.NaN;
}

const wholeClock = 2 ** 32;

export function sharesOf({ began, seen, update }: Taken, clockMs: number): Shares | undefined {
  if (!update) return undefined;
  const apart = (update.looked - clockMs - began) % wholeClock;
  // Told in whole milliseconds, cut off.
  const untilLooked = (apart < -wholeClock / 2 ? apart + wholeClock : apart) + 0.5;
  return {
    untilLooked,
    untilArrived: update.arrived - began - untilLooked,
    untilSeen: seen - update.arrived,
  };
}

/** Milliseconds from a key or a step of the wheel at the container's X server to what is drawn then. */
export async function paintMs(
  engine: EngineClient,
  container: string,
  what: "typed" | "wheel",
): Promise<readonly number[]> {
  const { stdout, stderr } = await engine.exec(container, [
    ...["node", "--input-type=module-typescript", "-e", await probe()],
    what,
  ]);
  if (stdout === "") throw new Error(`nothing painted: ${stderr}`);
  return JSON.parse(stdout) as number[];
}

/** One text of the probe and of the agent's X client, which it stands on. */
async function probe(): Promise<string> {
  const read = (path: string): Promise<string> => readFile(join(import.meta.dirname, path), "utf8");
  const client = await read("../../images/browser/agent/x-client.ts");
  const socket = `const displaySocket = "/tmp/.X11-unix/X1";`;
  const ours = /^import .* from "\.[^"]*";$/gm;
  return [client, await read("paint-probe.ts")]
    .map((text, at) => text.replaceAll(ours, at === 0 ? socket : ""))
    .join("\n");
}

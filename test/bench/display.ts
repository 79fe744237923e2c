/**
 * What a person sees of the isolated browser: from a typed character and from one step of the wheel to the
 * picture, pictures and bytes while a page scrolls, what a resting page costs, and a minute of office work.
 * Ours against TigerVNC with noVNC, which every installation has as its second way: the same container, page
 * and terminal, turn and turn about. Everything shares this machine. `--runs N` (default 5), `--json`.
 *
 * Latency is taken in the terminal's page, from the event's own time to the first frame on which the part of
 * the picture in question looks different.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { loadInstallation } from "../../orchestrator/config/installation.ts";
import { cgroupOf } from "../../orchestrator/engine/cgroup.ts";
import { createEngineClient } from "../../orchestrator/engine/client.ts";
import { parseStat } from "../../orchestrator/sessions/machine.ts";
import { sessionContainerName } from "../../orchestrator/sessions/spec.ts";
import type { SessionId } from "../../orchestrator/base/ids.ts";
import { startInstallation } from "../support/installation.ts";
import { startInternet } from "../support/internet.ts";
import {
  firstSignIn,
  go,
  newProfile,
  openInternet,
  sessionIdOf,
  startTerminal,
} from "../support/terminal.ts";
import { clockOf, paintMs, type Shares, sharesOf, type Taken } from "./display-floor.ts";
import { printResult, quantile } from "./report.ts";

const { values } = parseArgs({ options: { json: { type: "boolean" }, runs: { type: "string" } } });
const runs = Number(values.runs ?? "5");
const scrollMs = 4000;
const restMs = 8000;
const typedField = { x: 16, y: 8, w: 600, h: 40, scale: 1 };
const text = { x: 240, y: 80, w: 320, h: 480, scale: 2 };

type Way = "rfb" | "screen";

interface Turn {
  readonly typed: Latency;
  readonly wheel: Latency;
  readonly fps: number;
  readonly scrollBytes: number;
  readonly restBytesPerS: number;
  readonly restCpuPct: number;
}

interface Latency {
  readonly ms: readonly number[];
  /** Of our own way. */
  readonly shares: readonly Shares[];
}

/** What no way of sending a picture can do without. */
interface Floor {
  readonly terminalMs: readonly number[];
  readonly containerMs: readonly number[];
}

interface Part {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly scale: number;
}

/** What support/pages/watch-display.js offers in the viewer's page. */
declare const hanareBench: {
  bytes: number;
  until(type: string, part: Part): Promise<Taken>;
  alone(type: string, part: Part): Promise<Taken>;
  count(part: Part, ms: number): Promise<number>;
};

const bytes = (viewer: Page): Promise<number> => viewer.evaluate(() => hanareBench.bytes);

async function latency(
  viewer: Page,
  event: "keydown" | "wheel",
  part: Part,
  act: (at: number) => Promise<void>,
  how: "alone" | "until" = "until",
): Promise<Latency> {
  const took: Taken[] = [];
  for (let at = 0; at < 12; at += 1) {
    const seen = viewer.evaluate(([type, where, by]) => hanareBench[by](type, where), [
      event,
      part,
      how,
    ] as const);
    // The listener stands before the event comes: both go the same way, in order.
    await viewer.evaluate(() => undefined);
    await act(at);
    const taken = await seen;
    if (at >= 2) took.push(taken);
    await wait(350);
  }
  return {
    ms: took.map(({ began, seen }) => seen - began),
    shares: took.flatMap((taken) => sharesOf(taken, clock) ?? []),
  };
}

async function cpuMs(container: string): Promise<number> {
  const { State } = await engine.inspect(container);
  const place = cgroupOf(await readFile(`/proc/${State.Pid}/cgroup`, "utf8"), "memory");
  if (!place) throw new Error(`no control group of ${container}`);
  if (place.version === 2)
    return (
      parseStat(await readFile(join(place.directory, "cpu.stat"), "utf8"), "usage_usec") / 1000
    );
  const directory = place.directory.replace("/memory/", "/cpuacct/");
  return Number(await readFile(join(directory, "cpuacct.usage"), "utf8")) / 1e6;
}

/** By the toolbar, as a person changes it; the session stays. */
async function take(viewer: Page, way: Way): Promise<void> {
  const button = viewer.getByTestId("picture-way");
  const pressed = (await button.getAttribute("aria-pressed")) === "true";
  if (pressed !== (way === "rfb")) await button.click();
  await viewer.locator(`[data-testid=picture][data-way=${way}] canvas`).waitFor();
  await wait(1500);
}

async function intoField(viewer: Page): Promise<void> {
  await viewer.locator("[data-testid=picture] canvas").click({ position: { x: 300, y: 28 } });
  await wait(500);
}

async function emptyField(viewer: Page): Promise<void> {
  for (let n = 0; n < 12; n += 1) await viewer.keyboard.press("Backspace");
}

const typeOne = (viewer: Page) => (at: number) => viewer.keyboard.press("abcdefghijkl"[at] ?? "x");
const turnOne = (viewer: Page) => (at: number) => viewer.mouse.wheel(0, at % 2 === 0 ? 100 : -100);

/** Typed and wheel. */
async function floor(viewer: Page, container: string): Promise<readonly [Floor, Floor]> {
  await take(viewer, "screen");
  await intoField(viewer);
  const typed = {
    terminalMs: (await latency(viewer, "keydown", typedField, typeOne(viewer), "alone")).ms,
    containerMs: await paintMs(engine, container, "typed"),
  };
  await emptyField(viewer);
  await viewer.mouse.move(640, 500);
  const wheel = {
    terminalMs: (await latency(viewer, "wheel", text, turnOne(viewer), "alone")).ms,
    containerMs: await paintMs(engine, container, "wheel"),
  };
  return [typed, wheel];
}

async function turn(viewer: Page, way: Way, container: string): Promise<Turn> {
  await take(viewer, way);
  await intoField(viewer);
  const typed = await latency(viewer, "keydown", typedField, typeOne(viewer));
  await emptyField(viewer);
  await viewer.mouse.move(640, 500);
  const wheel = await latency(viewer, "wheel", text, turnOne(viewer));
  await viewer.keyboard.press("F8");
  await wait(1000);
  const before = await bytes(viewer);
  const seen = await viewer.evaluate(([part, ms]) => hanareBench.count(part, ms), [
    text,
    scrollMs,
  ] as const);
  const scrollBytes = (await bytes(viewer)) - before;
  await viewer.keyboard.press("F8");
  await wait(2500);
  const [bytesAt, cpuAt] = [await bytes(viewer), await cpuMs(container)];
  await wait(restMs);
  const restBytes = (await bytes(viewer)) - bytesAt;
  const restCpu = (await cpuMs(container)) - cpuAt;
  return {
    typed,
    wheel,
    fps: (seen / scrollMs) * 1000,
    scrollBytes,
    restBytesPerS: (restBytes / restMs) * 1000,
    restCpuPct: (restCpu / restMs) * 100,
  };
}

/** Reading, scrolling, typing, another page: sixty seconds of it. */
async function officeMinute(viewer: Page): Promise<number> {
  await take(viewer, "screen");
  const before = await bytes(viewer);
  const until = performance.now() + 60_000;
  for (let page = 0; performance.now() < until; page += 1) {
    await go(viewer, page % 2 === 0 ? "http://kunren.hanare.internal/" : pageUrl);
    await wait(3000);
    await viewer.mouse.move(640, 500);
    for (let step = 0; step < 12; step += 1) {
      await viewer.mouse.wheel(0, 100);
      await wait(step % 4 === 3 ? 1500 : 250);
    }
    if (page % 2 === 0) continue;
    await viewer.locator("[data-testid=picture] canvas").click({ position: { x: 300, y: 28 } });
    await viewer.keyboard.type("office minute: what is written in a form", { delay: 120 });
  }
  return (await bytes(viewer)) - before;
}

const pageUrl = "http://www.allowed.test/display";
await using stack = new AsyncDisposableStack();
const internet = stack.use(await startInternet());
const house = stack.use(await startInstallation({ caFile: internet.caFile }));
const terminal = await startTerminal();
stack.defer(() => terminal.close());
const context = await newProfile(terminal);
await context.addInitScript({
  path: join(import.meta.dirname, "../support/pages/watch-display.js"),
});
const { id: installation } = await loadInstallation(house.dataDir);
const engine = createEngineClient(installation);
const viewer = await openInternet(await firstSignIn(context, house));
const container = sessionContainerName(installation, sessionIdOf(viewer) as SessionId);
await go(viewer, pageUrl);
await viewer.getByTestId("tab").filter({ hasText: "画面の計測" }).waitFor();
await wait(2000);
const clock = await clockOf(viewer);

const floors: (readonly [Floor, Floor])[] = [];
const turns: Record<Way, Turn[]> = { rfb: [], screen: [] };
for (let at = 0; at < runs; at += 1) {
  floors.push(await floor(viewer, container));
  for (const way of at % 2 === 0 ? (["rfb", "screen"] as const) : (["screen", "rfb"] as const)) {
    const made = await turn(viewer, way, container);
    turns[way].push(made);
    process.stderr.write(
      `${at + 1}/${runs} ${way.padEnd(6)} typed ${quantile(made.typed.ms, 0.5).toFixed(0)} ms  wheel ${quantile(made.wheel.ms, 0.5).toFixed(0)} ms  ${made.fps.toFixed(1)} fps  ${((made.scrollBytes * 8) / scrollMs / 1000).toFixed(1)} Mbit/s  rest ${made.restBytesPerS.toFixed(0)} B/s ${made.restCpuPct.toFixed(2)} %\n`,
    );
  }
}
const minuteBytes = await officeMinute(viewer);

const over = (way: Way, of: (turn: Turn) => number): number => quantile(turns[way].map(of), 0.5);
const all = (way: Way, of: (turn: Turn) => readonly number[]): number =>
  quantile(turns[way].flatMap(of), 0.5);
const typedRatio = all("screen", (each) => each.typed.ms) / all("rfb", (each) => each.typed.ms);
const wheelRatio = all("screen", (each) => each.wheel.ms) / all("rfb", (each) => each.wheel.ms);

/** The figures of one of the two, with what it is made of and the least that it could be. */
function latencyFigures(what: "typed" | "wheel"): Record<string, number> {
  const floorOf = (of: (each: Floor) => readonly number[]): number =>
    quantile(
      floors.flatMap(([typed, wheel]) => of(what === "typed" ? typed : wheel)),
      0.5,
    );
  const share = (of: (each: Shares) => number): number =>
    all("screen", (each) => each[what].shares.map(of));
  const peer = all("rfb", (each) => each[what].ms);
  const terminal = floorOf(({ terminalMs }) => terminalMs);
  const painted = floorOf(({ containerMs }) => containerMs);
  const figures = {
    p50_ms: all("screen", (each) => each[what].ms),
    p50_ms_peer: peer,
    until_looked_ms: share(({ untilLooked }) => untilLooked),
    until_arrived_ms: share(({ untilArrived }) => untilArrived),
    until_seen_ms: share(({ untilSeen }) => untilSeen),
    floor_terminal_ms: terminal,
    floor_container_ms: painted,
    floor_ratio: (terminal + painted) / peer,
  };
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [`${what}_${name}`, value]),
  );
}

printResult(
  {
    bench: "display",
    peer: { name: "TigerVNC + noVNC", version: "as in this image and package.json" },
    runs,
    figures: {
      ...latencyFigures("typed"),
      ...latencyFigures("wheel"),
      typed_ratio: typedRatio,
      wheel_ratio: wheelRatio,
      fps: over("screen", (each) => each.fps),
      fps_peer: over("rfb", (each) => each.fps),
      scroll_mbit_s: (over("screen", (each) => each.scrollBytes) * 8) / scrollMs / 1000,
      scroll_mbit_s_peer: (over("rfb", (each) => each.scrollBytes) * 8) / scrollMs / 1000,
      idle_cpu_pct_peer: over("rfb", (each) => each.restCpuPct),
    },
    bars: [
      { id: "latency_ratio", value: Math.max(typedRatio, wheelRatio), bar: 0.7, cmp: "<=" },
      {
        id: "fps_ratio",
        value: over("screen", (each) => each.fps) / over("rfb", (each) => each.fps),
        bar: 2.5,
        cmp: ">=",
      },
      {
        id: "bytes_ratio",
        value: over("screen", (each) => each.scrollBytes) / over("rfb", (each) => each.scrollBytes),
        bar: 1 / 3,
        cmp: "<=",
      },
      {
        id: "idle_bytes_per_s",
        value: over("screen", (each) => each.restBytesPerS),
        bar: 0,
        cmp: "<=",
      },
      { id: "idle_cpu_pct", value: over("screen", (each) => each.restCpuPct), bar: 1, cmp: "<=" },
      { id: "office_minute_mb", value: minuteBytes / 1e6, bar: 15, cmp: "<=" },
    ],
  },
  values.json === true,
);

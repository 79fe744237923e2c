/** What the benches of opening share: a person's click to the picture, and an open without a terminal. */
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { stillFrameLimitBytes } from "../../images/wire/control.ts";
import { FrameReader } from "../../images/wire/frame.ts";
import type { SessionId, UserId } from "../../orchestrator/base/ids.ts";
import type { Installation } from "../support/installation.ts";
import { firstSignIn, sessionIdOf } from "../support/terminal.ts";

export interface Opened {
  readonly ms: number;
  readonly closeMs: number;
}

export async function openOnce(installed: Installation, portal: Page): Promise<Opened> {
  const [viewer] = await Promise.all([
    portal.context().waitForEvent("page"),
    portal.getByTestId("open-internet").click(),
  ]);
  const asked = viewer.locator("html[data-asked-page]");
  await asked.waitFor({ state: "attached", timeout: 60_000 });
  const shownAt = Number(await asked.getAttribute("data-asked-page"));
  const clickedAt = Number(await portal.evaluate("localStorage.getItem('hanare.bench.click')"));
  const id = sessionIdOf(viewer);
  const closing = performance.now();
  const found = installed.hanare.sessions.list().find((each) => each.id === id);
  if (found) await installed.hanare.sessions.end(found.id, "user");
  const closeMs = performance.now() - closing;
  await viewer.close();
  return { ms: shownAt - clickedAt, closeMs };
}

export async function poolIsFull({ hanare }: Installation): Promise<void> {
  hanare.sessions.scheduleRefill(0);
  const { pool } = hanare.sessions.capacity();
  while (hanare.sessions.list().filter((each) => each.state === "ready").length < pool.wanted)
    await new Promise((resolve) => setTimeout(resolve, 50));
  // Chromium's own start-up work is over; the pool is asked in this state in daily life.
  await new Promise((resolve) => setTimeout(resolve, 1000));
}

export async function portalOf(context: BrowserContext, installed: Installation): Promise<Page> {
  await context.addInitScript({
    path: join(import.meta.dirname, "../support/pages/watch-picture.js"),
  });
  return firstSignIn(context, installed);
}

export interface ServerOpen {
  readonly id: SessionId;
  /** From the request to the first whole picture of the asked page, handed over by the container. */
  readonly ms: number;
}

/**
 * An open by somebody whose terminal is elsewhere, as terminals are: what ten of them do at once to this
 * machine, without ten terminal browsers on it.
 */
export async function openFromAfar({ hanare }: Installation, name: string): Promise<ServerOpen> {
  const signal = AbortSignal.timeout(120_000);
  const startedAt = performance.now();
  const { id } = await hanare.sessions.open(
    { id: name as UserId, name, groups: [] },
    { terminal: "192.0.2.1", size: { width: 1274, height: 621 } },
    signal,
  );
  const stills = await hanare.sessions.link(id)?.openStills(signal);
  if (!stills) throw new Error(`session ${id} has no link`);
  signal.addEventListener("abort", () => stills.destroy(), { once: true });
  const reader = new FrameReader(stillFrameLimitBytes);
  for await (const chunk of stills)
    for (const _picture of reader.push(chunk as Buffer))
      return { id, ms: performance.now() - startedAt };
  throw new Error(`session ${id} showed nothing`);
}

/** All at once; resolves with the time of the last, and ends them again. */
export async function burst(installed: Installation, count: number): Promise<number> {
  const opened = await Promise.all(
    Array.from({ length: count }, (_, at) => openFromAfar(installed, `burst-${at}`)),
  );
  await Promise.all(opened.map(({ id }) => installed.hanare.sessions.end(id, "user")));
  return Math.max(...opened.map(({ ms }) => ms));
}

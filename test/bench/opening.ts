/** What the benches of opening share: a person's click to the picture, and an open without a terminal. */
import { stillFrameLimitBytes } from "../../images/wire/control.ts";
import { FrameReader } from "../../images/wire/frame.ts";
import type { SessionId, UserId } from "../../orchestrator/base/ids.ts";
import type { Installation } from "../support/installation.ts";
import type { Portal } from "./terminal-browser.ts";

export interface Opened {
  readonly ms: number;
  readonly closeMs: number;
}

export async function openOnce({ hanare }: Installation, portal: Portal): Promise<Opened> {
  const { ms, id, close } = await portal.open();
  const closing = performance.now();
  await hanare.sessions.end(id, "user");
  const closeMs = performance.now() - closing;
  await close();
  return { ms, closeMs };
}

export async function poolIsFull({ hanare }: Installation): Promise<void> {
  hanare.sessions.scheduleRefill(0);
  const { pool } = hanare.sessions.capacity();
  while (hanare.sessions.list().filter((each) => each.state === "ready").length < pool.wanted)
    await new Promise((resolve) => setTimeout(resolve, 50));
  // Chromium's own start-up work is over; the pool is asked in this state in daily life.
  await new Promise((resolve) => setTimeout(resolve, 1000));
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
    { terminal: "192.0.2.1", size: { width: 1274, height: 621, scalePct: 100 } },
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

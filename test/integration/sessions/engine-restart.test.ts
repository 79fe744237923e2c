/**
 * The container engine is stopped, killed and started while somebody browses: without live-restore the
 * session ends cleanly and everybody is told; with it the session lives on. An engine of the tests' own, a
 * whole installation on it, a real Chromium as the terminal. The steps build on each other.
 */
import { writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InstallationId, SessionId } from "../../../orchestrator/base/ids.ts";
import { loadInstallationId } from "../../../orchestrator/config/installation.ts";
import { createEngineClient, type EngineClient } from "../../../orchestrator/engine/client.ts";
import { sessionContainerName } from "../../../orchestrator/sessions/spec.ts";
import { testImages } from "../../support/images.ts";
import { type Installation, startInstallation } from "../../support/installation.ts";
import { OwnEngine, whyNoOwnEngine } from "../../support/own-engine.ts";
import {
  firstSignIn,
  go,
  newProfile,
  openInternet,
  sessionIdOf,
  startTerminal,
} from "../../support/terminal.ts";

const why = whyNoOwnEngine();
if (why !== undefined)
  console.warn(`\n  *** the engine's restart is NOT tested in this run: ${why} ***\n`);

const practice = "http://kunren.hanare.internal";
const stack = new AsyncDisposableStack();
let own: OwnEngine;
let engine: EngineClient;
let installationId: InstallationId;
let installation: Installation;
let browser: Browser;
let portal: Page;
let viewer: Page;

beforeAll(async () => {
  if (why !== undefined) return;
  own = stack.use(await OwnEngine.start({ images: [testImages().browser] }));
  installation = stack.use(
    await startInstallation({
      config: { engine: { socket: own.socket }, files: { warmSandboxes: 0 } },
    }),
  );
  installationId = await loadInstallationId(installation.dataDir);
  engine = createEngineClient(installationId, own.socket);
  browser = await startTerminal();
  stack.defer(() => browser.close());
  portal = await firstSignIn(await newProfile(browser), installation);
}, 240_000);
afterAll(() => stack.disposeAsync());

/** Each step opens a session on an engine that has just started. */
const stepMs = 150_000;

async function open(): Promise<SessionId> {
  await portal.bringToFront();
  viewer = await openInternet(portal);
  viewer.setDefaultTimeout(30_000);
  return sessionIdOf(viewer) as SessionId;
}

const stateOf = (id: SessionId) => installation.hanare.sessions.find(id)?.state;

/** Searches on the practice site and sees the address change: page, proxy and picture's way work. */
async function browses(word: string): Promise<void> {
  await go(viewer, word);
  await expect
    .poll(() => viewer.locator("input[data-testid=address]").inputValue())
    .toBe(`${practice}/search?q=${word}`);
}

/** How the session's end was recorded, the last word of it. */
function recorded(id: SessionId): unknown {
  const database = new DatabaseSync(join(installation.dataDir, "hanare.db"), { readOnly: true });
  try {
    return database
      .prepare(
        "SELECT outcome, reason FROM audit_records WHERE action = 'session-end' AND session_id = ? ORDER BY seq DESC",
      )
      .get(id);
  } finally {
    database.close();
  }
}

async function isToldAndGone(id: SessionId): Promise<void> {
  const page = viewer.getByTestId("ended");
  await page.waitFor();
  expect(await page.getAttribute("data-reason")).toBe("container-died");
  expect(await page.innerText()).toContain("ブラウザが予期せず停止した");
  await expect.poll(() => stateOf(id), { timeout: 30_000 }).toBe("deleted");
  expect(recorded(id)).toMatchObject({ outcome: "success", reason: "container-died" });
  expect(await engine.list("session")).toEqual([]);
}

describe.skipIf(why !== undefined)("an engine without live-restore", () => {
  it(
    "that is stopped ends the session, and opens the next one when it is back",
    async () => {
      const id = await open();
      await own.down("SIGTERM");
      await viewer.getByTestId("ended").or(viewer.getByTestId("reconnecting")).first().waitFor();
      await own.up();
      await isToldAndGone(id);
      // The orchestrator found the engine again by itself.
      await viewer.getByTestId("open-again").click();
      await viewer.locator("html[data-first-picture]").waitFor({ state: "attached" });
      expect(sessionIdOf(viewer)).not.toBe(id);
    },
    stepMs,
  );

  it(
    "that is killed leaves the session working until it is back; then it ends, and is told",
    async () => {
      const id = sessionIdOf(viewer) as SessionId;
      await own.down("SIGKILL");
      await browses("機関停止中");
      expect(stateOf(id)).toBe("active");
      await own.up();
      await isToldAndGone(id);
      await viewer.close();
    },
    stepMs,
  );
});

describe.skipIf(why !== undefined)("an engine with live-restore", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)(
    "may be restarted under a session: %s",
    async (signal) => {
      await own.down("SIGTERM");
      await writeFile(own.configFile, JSON.stringify({ "live-restore": true }));
      await own.up();
      const id = await open();
      const [before] = await engine.list("session");
      await own.down(signal);
      await browses("停止中");
      await own.up();
      await browses("復帰後");
      expect(stateOf(id)).toBe("active");
      expect(await engine.list("session")).toEqual([before]);
      // Deaths are heard again.
      await engine.exec(
        sessionContainerName(installationId, id),
        ["sh", "-c", "kill -9 -1"],
        "700000:700000",
      );
      await isToldAndGone(id);
      await viewer.close();
    },
    stepMs,
  );
});

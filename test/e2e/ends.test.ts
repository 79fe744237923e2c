/**
 * Every way a session can end while somebody watches, as that person sees it: the warning before, the reason
 * after, the way on, and the record that is kept. One installation, one terminal, one session after another.
 */
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InstallationId, SessionId } from "../../orchestrator/base/ids.ts";
import { loadInstallationId } from "../../orchestrator/config/installation.ts";
import { createEngineClient, type EngineClient } from "../../orchestrator/engine/client.ts";
import { sessionContainerName } from "../../orchestrator/sessions/spec.ts";
import { type Installation, startInstallation, testPolicy } from "../support/installation.ts";
import {
  firstSignIn,
  go,
  newProfile,
  openInternet,
  sessionIdOf,
  signIn,
  startTerminal,
} from "../support/terminal.ts";

const practice = "http://kunren.hanare.internal";

let stack: AsyncDisposableStack;
let installation: Installation;
let installationId: InstallationId;
let engine: EngineClient;
let browser: Browser;
let context: BrowserContext;
let portal: Page;
let viewer: Page;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  installation = stack.use(
    await startInstallation({
      config: {
        sessions: {
          idleMinutes: 1,
          idleWarningSeconds: 58,
          lifetimeHours: 0.005,
          lifetimeWarningSeconds: 16,
          memoryMb: 512,
        },
      },
    }),
  );
  installationId = await loadInstallationId(installation.dataDir);
  engine = createEngineClient(installationId);
  browser = await startTerminal();
  stack.defer(() => browser.close());
  context = await newProfile(browser);
  portal = await firstSignIn(context, installation);
});
afterAll(() => stack.disposeAsync());

async function open(): Promise<SessionId> {
  await portal.bringToFront();
  viewer = await openInternet(portal);
  viewer.setDefaultTimeout(15_000);
  return sessionIdOf(viewer) as SessionId;
}

/** What the person reads once it is over. */
async function endedPage(): Promise<{ reason: string | null; text: string }> {
  const page = viewer.getByTestId("ended");
  await page.waitFor();
  return { reason: await page.getAttribute("data-reason"), text: await page.innerText() };
}

/** The record of the end; it is kept when the container is gone. */
async function recorded(id: SessionId): Promise<unknown> {
  await expect.poll(() => installation.hanare.sessions.find(id)?.state).toBe("deleted");
  const database = new DatabaseSync(join(installation.dataDir, "hanare.db"), { readOnly: true });
  try {
    return database
      .prepare(
        "SELECT outcome, reason FROM audit_records WHERE action = 'session-end' AND session_id = ?",
      )
      .all(id)
      .map((each) => ({ ...each }));
  } finally {
    database.close();
  }
}

function navigations(id: SessionId): unknown[] {
  const database = new DatabaseSync(join(installation.dataDir, "hanare.db"), { readOnly: true });
  try {
    return database
      .prepare("SELECT target FROM audit_records WHERE action = 'navigation' AND session_id = ?")
      .all(id);
  } finally {
    database.close();
  }
}

describe("a session ends", () => {
  it("after a countdown when nobody does anything, unless one click says to go on", async () => {
    const id = await open();
    const warning = viewer.getByTestId("idle-warning");
    await warning.waitFor();
    expect(await warning.innerText()).toMatch(/あと \d+ 秒で終了します/);
    await viewer.getByTestId("idle-continue").click();
    await warning.waitFor({ state: "detached" });
    expect(installation.hanare.sessions.find(id)?.state).toBe("active");
  });

  it("at its longest time, of which it warns before", async () => {
    const id = sessionIdOf(viewer) as SessionId;
    const warning = viewer.getByTestId("lifetime-warning");
    await warning.waitFor();
    expect(await warning.innerText()).toMatch(/利用時間の上限により、あと \d+ 秒/);
    await viewer.screenshot({ path: "test-results/lifetime-warning.png" });
    await viewer.getByTestId("ended").waitFor({ timeout: 30_000 });
    expect(await endedPage()).toMatchObject({ reason: "lifetime" });
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "lifetime" }]);
    await viewer.close();
  });

  it("when an administrator ends it, with a word to the person", async () => {
    const id = await open();
    await installation.hanare.sessions.end(id, "administrator", "保守のため終了します。");
    const page = await endedPage();
    expect(page.reason).toBe("administrator");
    expect(page.text).toContain("保守のため終了します。");
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "administrator" }]);
    await viewer.close();
  });

  it("when its agent is killed: the browser does not live on without it", async () => {
    const id = await open();
    const agent =
      "for p in /proc/[0-9]*; do grep -qa ^/usr/local/bin/node $p/cmdline && kill -9 ${p#/proc/}; done";
    await engine.exec(nameOf(id), ["sh", "-c", agent], uidOf(id)).catch(() => undefined);
    const page = await endedPage();
    expect(page.reason).toBe("container-died");
    expect(page.text).toContain("ブラウザが予期せず停止した");
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "container-died" }]);
    expect(await engine.list("session")).toEqual([]);
    await viewer.close();
  });

  it("not when the same person opens it in a second window: both show it, and both are told", async () => {
    const id = await open();
    const second = await context.newPage();
    await second.goto(viewer.url());
    await second.locator("html[data-first-picture]").waitFor({ state: "attached" });
    for (const each of [viewer, second])
      expect(await each.getByTestId("viewers").innerText()).toContain("2 つの画面");
    await second.screenshot({ path: "test-results/second-viewer.png" });
    await go(second, `${practice}/search?q=二つ目`);
    await expect
      .poll(() => viewer.locator("input[data-testid=address]").inputValue())
      .toBe(`${practice}/search?q=二つ目`);
    await second.close();
    await viewer.getByTestId("viewers").waitFor({ state: "detached" });
    expect(installation.hanare.sessions.find(id)?.state).toBe("active");
    await installation.hanare.sessions.end(id, "user");
    await viewer.close();
  });

  it("when its container dies; the same address is one click away in a fresh one", async () => {
    const id = await open();
    await go(viewer, `${practice}/search?q=続き`);
    const address = viewer.locator("input[data-testid=address]");
    await expect.poll(() => address.inputValue()).toBe(`${practice}/search?q=続き`);
    await engine.exec(nameOf(id), ["sh", "-c", "kill -9 -1"], uidOf(id));
    const page = await endedPage();
    expect(page).toMatchObject({ reason: "container-died" });
    expect(page.text).toContain("ブラウザが予期せず停止した");
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "container-died" }]);
    await viewer.getByTestId("open-again").click();
    await viewer.locator("html[data-first-picture]").waitFor({ state: "attached" });
    await expect.poll(() => address.inputValue()).toBe(`${practice}/search?q=続き`);
    expect(sessionIdOf(viewer)).not.toBe(id);
  });

  it("not when a page's process dies: the person sees it, and one click loads the page again", async () => {
    const id = sessionIdOf(viewer) as SessionId;
    const loads = () => navigations(id).length;
    const before = loads();
    const renderers =
      "for p in /proc/[0-9]*; do grep -qa -- --type=renderer $p/cmdline && kill -9 ${p#/proc/}; done";
    await engine.exec(nameOf(id), ["sh", "-c", renderers], uidOf(id));
    await expect
      .poll(async () => {
        await viewer.getByTestId("reload").click();
        return loads();
      })
      .toBeGreaterThan(before);
    expect(installation.hanare.sessions.find(id)?.state).toBe("active");
  });

  it("when its memory is used up, and the machine does not notice", async () => {
    const id = sessionIdOf(viewer) as SessionId;
    const fill = "head -c 700m /dev/zero > /home/browser/fill; head -c 200m /dev/zero > /tmp/fill";
    await engine.exec(nameOf(id), ["sh", "-c", fill], uidOf(id)).catch(() => undefined);
    const page = await endedPage();
    expect(page.reason).toBe("out-of-memory");
    expect(page.text).toContain("メモリを使い切った");
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "out-of-memory" }]);
    await viewer.close();
  });

  it("when the policy no longer gives the person one", async () => {
    const id = await open();
    await installation.writePolicy(`${testPolicy()}rights:
  - { id: T900, name: 停止, session: false }
`);
    const page = await endedPage();
    expect(page.reason).toBe("policy-withdrawn");
    expect(page.text).toContain("ポリシーの変更");
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "policy-withdrawn" }]);
    await installation.writePolicy(testPolicy());
    await viewer.close();
  });

  it("when its person signs out at the terminal", async () => {
    const id = await open();
    await portal.bringToFront();
    await portal.evaluate(() => fetch("/api/sign-out", { method: "POST" }));
    expect((await endedPage()).reason).toBe("sign-out");
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "sign-out" }]);
    await viewer.close();
    portal = await signIn(context, installation.url, installation.administrator.name);
    await portal.getByTestId("open-internet").waitFor();
  });

  it("when its tab is closed, but not when it is reloaded", async () => {
    const id = await open();
    await viewer.reload();
    await viewer.locator("html[data-first-picture]").waitFor({ state: "attached" });
    expect(installation.hanare.sessions.find(id)?.state).toBe("active");
    await viewer.close();
    expect(await recorded(id)).toEqual([{ outcome: "success", reason: "viewer-gone" }]);
  });

  it("when Hanare is stopped", async () => {
    const id = await open();
    await installation.hanare[Symbol.asyncDispose]();
    expect((await endedPage()).reason).toBe("shutdown");
    const database = new DatabaseSync(join(installation.dataDir, "hanare.db"), { readOnly: true });
    expect(
      database
        .prepare("SELECT reason FROM audit_records WHERE action = 'session-end' AND session_id = ?")
        .get(id),
    ).toMatchObject({ reason: "shutdown" });
    database.close();
  });
});

function nameOf(id: SessionId): string {
  return sessionContainerName(installationId, id);
}

/** The container's own user; the first of this installation's, as only one session lives at a time. */
function uidOf(id: SessionId): string {
  expect(installation.hanare.sessions.find(id)?.state).toBe("active");
  return "700000:700000";
}

/**
 * Opening as its person sees it, in a real Chromium as the terminal: the first picture before the display's
 * own connection, the place in line, the refusal. One place in the house; a session of somebody elsewhere
 * takes it when a test wants the house full.
 */
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionId, UserId } from "../../orchestrator/base/ids.ts";
import { loadInstallationId } from "../../orchestrator/config/installation.ts";
import { createEngineClient, type EngineClient } from "../../orchestrator/engine/client.ts";
import { sessionContainerName } from "../../orchestrator/sessions/spec.ts";
import { type Installation, startInstallation, testPolicy } from "../support/installation.ts";
import { firstSignIn, newProfile, sessionIdOf, startTerminal } from "../support/terminal.ts";

let stack: AsyncDisposableStack;
let installation: Installation;
let engine: EngineClient;
let containerOf: (id: SessionId) => string;
let browser: Browser;
let context: BrowserContext;
let portal: Page;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  installation = stack.use(
    await startInstallation({
      config: { sessions: { maxTotal: 1, administratorPlaces: 0, closedTabGraceSeconds: 60 } },
    }),
  );
  const id = await loadInstallationId(installation.dataDir);
  engine = createEngineClient(id);
  containerOf = (session) => sessionContainerName(id, session);
  browser = await startTerminal();
  stack.defer(() => browser.close());
  context = await newProfile(browser);
  await context.addInitScript({
    path: join(import.meta.dirname, "../support/pages/watch-picture.js"),
  });
  portal = await firstSignIn(context, installation);
});
afterAll(() => stack.disposeAsync());

async function click(): Promise<Page> {
  await portal.bringToFront();
  const [viewer] = await Promise.all([
    context.waitForEvent("page"),
    portal.getByTestId("open-internet").click(),
  ]);
  viewer.setDefaultTimeout(20_000);
  return viewer;
}

const end = (id: SessionId) => installation.hanare.sessions.end(id, "user");
const waiting = () => installation.hanare.sessions.capacity().line.waiting;

describe("a click in the portal", () => {
  let viewer: Page;
  let id: SessionId;

  it("shows the asked page before the display's own connection stands", async () => {
    // Never lets that connection through.
    await context.routeWebSocket(/\/picture$/, (socket) => void socket.close());
    const startPage = portal.waitForResponse((each) => each.url().endsWith("/view/new"));
    await portal.reload();
    await startPage;
    viewer = await click();
    // The pages' watcher has seen many colours in one of the two pictures, and the other cannot be there.
    await viewer.locator("html[data-asked-page]").waitFor({ state: "attached" });
    expect(await viewer.getByTestId("first-picture").count()).toBe(1);
    await viewer.waitForURL(/\/view\/s/);
    id = sessionIdOf(viewer) as SessionId;
  });

  it("has had its page already: the portal fetched it while the person read", async () => {
    expect(
      await viewer.evaluate<string>("performance.getEntriesByType('navigation')[0].deliveryType"),
    ).toBe("cache");
  });

  it("opens one session and one tab, though portal and page both asked", async () => {
    const tabs = viewer.getByRole("tablist").getByRole("tab");
    await expect.poll(() => tabs.count()).toBe(1);
    expect(installation.hanare.sessions.list().map((each) => each.id)).toEqual([id]);
  });

  it("starts the display in the window's size", async () => {
    const { stdout } = await engine.exec(containerOf(id), ["cat", "/run/hanare/display.json"]);
    expect(JSON.parse(stdout)).toEqual({ width: 1274, height: 621 });
    const found = await engine.exec(containerOf(id), [
      "sh",
      "-c",
      "cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
    ]);
    expect(found.stdout).toContain("-geometry 1274x621");
    await end(id);
    await viewer.getByTestId("ended").waitFor();
    expect(await viewer.getByTestId("first-picture").count()).toBe(0);
    await viewer.close();
  });
});

describe("a full house", () => {
  async function taken(): Promise<SessionId> {
    const { id } = await installation.hanare.sessions.open(
      { id: "elsewhere" as UserId, name: "hanako", groups: [] },
      { terminal: "192.0.2.9" },
      AbortSignal.timeout(60_000),
    );
    return id;
  }

  it("says where one stands in line, and opens by itself when it is one's turn", async () => {
    const other = await taken();
    const viewer = await click();
    const screen = viewer.getByTestId("waiting");
    await screen.waitFor();
    expect(await screen.innerText()).toContain("1 番目");
    await end(other);
    await viewer.waitForURL(/\/view\/s/);
    await end(sessionIdOf(viewer) as SessionId);
    await viewer.close();
  });

  it("keeps no place for a tab that was closed", async () => {
    const other = await taken();
    const viewer = await click();
    await viewer.getByTestId("waiting").waitFor();
    expect(waiting()).toBe(1);
    await viewer.close();
    await expect.poll(waiting).toBe(0);
    await end(other);
  });
});

it("a person whom the policy gives no browser is told so, and may ask again", async () => {
  await installation.writePolicy(
    `${testPolicy()}rights:\n  - { id: R900, name: 閲覧停止, session: false }\n`,
  );
  await expect
    .poll(async () => {
      const answer = await portal.request.post(`${installation.url}/api/sessions`, {
        data: {},
        headers: { origin: installation.url },
      });
      const { id, code } = (await answer.json()) as { id?: SessionId; code?: string };
      if (id !== undefined) await end(id);
      return code;
    })
    .toBe("SESSION_NOT_ALLOWED");
  const viewer = await click();
  await viewer.getByTestId("retry").waitFor();
  expect(await viewer.locator("main").innerText()).toContain("ブラウザを開けませんでした");
  await installation.writePolicy(testPolicy());
  await expect
    .poll(async () => {
      if ((await viewer.getByTestId("retry").count()) > 0)
        await viewer.getByTestId("retry").click();
      return viewer.url();
    })
    .toMatch(/\/view\/s/);
});

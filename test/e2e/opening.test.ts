/**
 * Opening as its person sees it, in a real Chromium as the terminal: the first picture before the display's
 * own connection, the place in line, the refusal. One place in the house; a session of somebody elsewhere
 * takes it when a test wants the house full.
 */
import { readFileSync } from "node:fs";
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
  portal = await firstSignIn(context, installation);
});
afterAll(() => stack.disposeAsync());

const watchPicture = readFileSync(
  join(import.meta.dirname, "../support/pages/watch-picture.js"),
  "utf8",
);

async function click(): Promise<Page> {
  await portal.bringToFront();
  const [viewer] = await Promise.all([
    context.waitForEvent("page"),
    portal.getByTestId("open-internet").click(),
  ]);
  viewer.setDefaultTimeout(20_000);
  return viewer;
}

const post = (data: object) =>
  portal.request.post(`${installation.url}/api/sessions`, {
    data,
    headers: { origin: installation.url },
  });
/** How many openings the log says were refused. */
async function refusals(): Promise<number> {
  const found = await portal.request.get(
    `${installation.url}/api/admin/audit?action=session-start&outcome=refused&limit=500`,
  );
  return ((await found.json()) as { records: unknown[] }).records.length;
}
const end = (id: SessionId) => installation.hanare.sessions.end(id, "user");
const waiting = () => installation.hanare.sessions.capacity().line.waiting;

describe("a click in the portal", () => {
  let viewer: Page;
  let id: SessionId;

  it("shows the asked page before the display's own connection stands", async () => {
    // Never lets that connection through.
    await context.routeWebSocket(/\/(picture|screen)$/, (socket) => void socket.close());
    const startPage = portal.waitForResponse((each) => each.url().endsWith("/view/new"));
    await portal.reload();
    await startPage;
    viewer = await click();
    // A tab that takes its page from the cache may be too fast for what was laid ready for it.
    await viewer.waitForURL(/\/view\//);
    await viewer.evaluate(watchPicture);
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
    const tabs = viewer.getByTestId("tab");
    await expect.poll(() => tabs.count()).toBe(1);
    expect(installation.hanare.sessions.list().map((each) => each.id)).toEqual([id]);
  });

  it("starts the display in the window's size", async () => {
    const { stdout } = await engine.exec(containerOf(id), ["cat", "/run/hanare/display.json"]);
    expect(JSON.parse(stdout)).toEqual({ width: 1274, height: 621, scalePct: 100 });
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

  it("whose tab was kept from opening leaves a link to it: no session waits for nobody", async () => {
    await portal.bringToFront();
    // What extensions that block pop-ups make of it.
    await portal.evaluate("window.open = () => null");
    await portal.getByTestId("open-internet").click();
    const link = portal.getByTestId("open-blocked");
    [viewer] = await Promise.all([context.waitForEvent("page"), link.click()]);
    await viewer.waitForURL(/\/view\/s/, { timeout: 20_000 });
    id = sessionIdOf(viewer) as SessionId;
    expect(installation.hanare.sessions.list().map((each) => each.id)).toEqual([id]);
    await expect.poll(() => viewer.getByTestId("tab").count()).toBe(1);
    await link.waitFor({ state: "detached" });
    await end(id);
    await viewer.close();
    await portal.reload();
  });
});

describe("a window of a size that cannot be", () => {
  const absurd = [
    '{"width":0,"height":0}',
    '{"width":-1,"height":720}',
    '{"width":1280,"height":-720}',
    '{"width":1000000000,"height":1000000000}',
    '{"width":1280.5,"height":720}',
    '{"width":1e400,"height":720}',
    '{"width":"NaN","height":720}',
    '{"width":null,"height":720}',
    '{"width":1280}',
  ];

  it.each(absurd)("is refused in a request, and nothing is made or lost: %s", async (size) => {
    const answer = await portal.request.post(`${installation.url}/api/sessions`, {
      data: Buffer.from(`{"size":${size}}`),
      headers: { origin: installation.url, "content-type": "application/json" },
    });
    expect(answer.status()).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "BAD_REQUEST" });
    expect(installation.hanare.sessions.list()).toEqual([]);
  });

  it("is refused on the opening page's own connection, in words", async () => {
    const heard = await portal.evaluate(
      ({ sizes, url }) =>
        Promise.all(
          sizes.map(
            (size) =>
              new Promise<string>((resolve) => {
                const socket = new WebSocket(`${url}/api/open`);
                socket.onopen = () => socket.send(`{"type":"open","size":${size}}`);
                socket.onmessage = ({ data }) => resolve(String(data));
                socket.onerror = () => resolve("refused");
              }),
          ),
        ),
      { sizes: absurd, url: installation.url.replace("https", "wss") },
    );
    for (const each of heard)
      expect(JSON.parse(each)).toMatchObject({ type: "failed", error: { code: "BAD_REQUEST" } });
    expect(installation.hanare.sessions.list()).toEqual([]);
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
    // Nobody waits in a plain request: it is told the place it would have had.
    const answer = await post({});
    expect(answer.status()).toBe(503);
    expect(Number(answer.headers()["retry-after"])).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: "CAPACITY", position: 1 });
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
      const answer = await post({});
      const { id, code } = (await answer.json()) as { id?: SessionId; code?: string };
      if (id !== undefined) await end(id);
      return code;
    })
    .toBe("SESSION_NOT_ALLOWED");
  const before = await refusals();
  const viewer = await click();
  await viewer.getByTestId("retry").waitFor();
  // The portal and the tab both asked: one act, one record.
  expect(await refusals()).toBe(before + 1);
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

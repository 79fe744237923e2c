/**
 * The orchestrator dies without warning while somebody browses, and comes back: the same session, the same
 * container, by itself. Real processes, a real Chromium as the terminal. The steps build on each other.
 */
import { access, readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditPublicKeyPath, loadPublicKey } from "../../../orchestrator/audit/keys.ts";
import { verifyAudit } from "../../../orchestrator/audit/verify.ts";
import { isProcessAlive, processToken } from "../../../orchestrator/base/process-token.ts";
import { createEngineClient, type EngineClient } from "../../../orchestrator/engine/client.ts";
import { type PreparedInstallation, prepareInstallation } from "../../support/installation.ts";
import { freePort } from "../../support/free-port.ts";
import { ServedHanare } from "../../support/served.ts";
import {
  firstSignIn,
  go,
  newProfile,
  openInternet,
  sessionIdOf,
  startTerminal,
} from "../../support/terminal.ts";

const practice = "http://kunren.hanare.internal";

let stack: AsyncDisposableStack;
let installation: PreparedInstallation;
let hanare: ServedHanare;
let engine: EngineClient;
let browser: Browser;
let viewer: Page;
let sessionId: string;
let before: readonly string[];

const containers = async () =>
  (await engine.list("session")).filter((each) => each.running).map((each) => each.id);
const addressShown = () => viewer.locator("input[data-testid=address]").inputValue();

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const port = await freePort();
  installation = stack.use(
    await prepareInstallation({
      config: { listen: { port }, sessions: { pool: { min: 1, max: 1 }, graceSeconds: 30 } },
    }),
  );
  engine = createEngineClient(installation.id);
  hanare = await ServedHanare.start(installation.dataDir);
  stack.defer(() => hanare[Symbol.asyncDispose]());
  browser = await startTerminal();
  stack.defer(() => browser.close());
  const url = `https://localhost:${port}`;
  const portal = await firstSignIn(await newProfile(browser), { ...installation, url });
  viewer = await openInternet(portal);
  viewer.setDefaultTimeout(10_000);
});
afterAll(() => stack.disposeAsync());

/** What stands between the containers and the internet: process ids. */
async function proxies(): Promise<number[]> {
  const found = await Promise.all(
    (await hanare.children()).map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return command.includes("proxy/main.ts") ? [pid] : [];
    }),
  );
  return found.flat();
}

function states(): string[] {
  const database = new DatabaseSync(join(installation.dataDir, "hanare.db"), { readOnly: true });
  try {
    return database
      .prepare("SELECT state FROM sessions WHERE state <> 'deleted' ORDER BY state")
      .all()
      .map((each) => String(each["state"]));
  } finally {
    database.close();
  }
}

function audited(): { action: string; reason: string | null; session_id: string | null }[] {
  const database = new DatabaseSync(join(installation.dataDir, "hanare.db"), { readOnly: true });
  try {
    return database
      .prepare("SELECT action, reason, session_id FROM audit_records ORDER BY seq")
      .all() as ReturnType<typeof audited>;
  } finally {
    database.close();
  }
}

describe("an orchestrator that is killed", () => {
  it("had a session that somebody used, and another that waited for its first user", async () => {
    await expect.poll(addressShown).toBe(practice);
    sessionId = sessionIdOf(viewer);
    await expect.poll(states).toEqual(["active", "ready"]);
    before = (await containers()).toSorted();
    // Both proxies, their signer and the practice site.
    expect(await hanare.children()).toHaveLength(4);
  });

  it("is the only one of its installation: a second is told so and disturbs nothing", async () => {
    await expect(ServedHanare.start(installation.dataDir)).rejects.toThrow(/ALREADY_RUNNING/);
    expect((await containers()).toSorted()).toEqual(before);
  });

  it("takes its proxies and its practice site along, and no container", async () => {
    const children = (await hanare.children()).map((pid) => processToken(pid));
    await hanare.kill();
    await expect.poll(() => children.filter(isProcessAlive), { interval: 5 }).toEqual([]);
    expect((await containers()).toSorted()).toEqual(before);
    await viewer.getByTestId("reconnecting").waitFor();
  });

  it("finds its sessions again, and the person goes on by themselves", async () => {
    hanare = await ServedHanare.start(installation.dataDir);
    // The page waits two seconds at most (back-off.ts); the rest is the machine's.
    await viewer.getByTestId("reconnecting").waitFor({ state: "detached" });
    expect(sessionIdOf(viewer)).toBe(sessionId);
    expect((await containers()).toSorted()).toEqual(before);
    expect(audited().filter((each) => each.action === "session-end")).toEqual([]);
  });

  it("lets the page work as before: new proxy, new picture, same person", async () => {
    await go(viewer, "復帰のあと");
    await expect.poll(addressShown).toBe(`${practice}/search?q=復帰のあと`);
    await expect
      .poll(() => audited().filter((each) => each.action === "navigation").length)
      .toBeGreaterThan(0);
    expect(audited().filter((each) => each.reason === "guard.unclaimed")).toEqual([]);
  });

  it("replaces a proxy that is killed: the session lives on, and its next page comes", async () => {
    const killed = await proxies();
    expect(killed.length).toBeGreaterThan(0);
    for (const pid of killed) process.kill(pid, "SIGKILL");
    await expect
      .poll(async () => (await proxies()).filter((pid) => !killed.includes(pid)).length)
      .toBe(killed.length);
    await go(viewer, `${practice}/send`);
    await expect.poll(() => viewer.getByTestId("tab").innerText()).toContain("アップロードの練習");
    expect(sessionIdOf(viewer)).toBe(sessionId);
    expect((await containers()).toSorted()).toEqual(before);
    expect(audited().filter((each) => each.action === "session-end")).toEqual([]);
  });

  it("is killed again while a session closes: the next one finishes the closing", async () => {
    const closing = viewer.getByTestId("end-session").click();
    await hanare.kill();
    await closing.catch(() => undefined);
    const database = new DatabaseSync(join(installation.dataDir, "hanare.db"));
    database.exec(
      "UPDATE sessions SET state = 'closing', end_reason = coalesce(end_reason, 'user') WHERE state = 'active'",
    );
    database.close();
    hanare = await ServedHanare.start(installation.dataDir);
    await viewer.getByTestId("ended").waitFor();
    expect(await viewer.getByTestId("ended").getAttribute("data-reason")).toBe("user");
    expect(
      audited().filter(
        (each) => each.action.startsWith("session-") && each.session_id === sessionId,
      ),
    ).toMatchObject([{ action: "session-start" }, { action: "session-end", reason: "user" }]);
  });

  it("stopped as it should be, leaves nothing", async () => {
    const again = viewer.getByTestId("open-again");
    await again.click();
    await viewer.locator("html[data-first-picture]").waitFor({ state: "attached" });
    expect(await hanare.stop()).toBe(0);
    await viewer.getByTestId("ended").waitFor();
    expect(await viewer.getByTestId("ended").getAttribute("data-reason")).toBe("shutdown");
    expect(await engine.list()).toEqual([]);
    expect(await isRunDirectoryGone()).toBe(true);
    const database = new DatabaseSync(join(installation.dataDir, "hanare.db"), { readOnly: true });
    const key = loadPublicKey(auditPublicKeyPath(join(installation.dataDir, "keys")));
    expect(verifyAudit(database, key)).toMatchObject({ outcome: "intact" });
    database.close();
  });
});

function isRunDirectoryGone(): Promise<boolean> {
  return access(join("/run/hanare", installation.id)).then(
    () => false,
    () => true,
  );
}

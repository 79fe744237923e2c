/**
 * Terminals without a certificate authority of ours: with the extension, which policy installs, a refused https
 * page continues in the isolated browser; without it the browser's own error stands. Plain http is led on always.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Installation } from "../support/installation.ts";
import { startInternet, type TestInternet } from "../support/internet.ts";
import { type ManagedTerminal, startManagedTerminal } from "../support/managed-terminal.ts";
import { sessionIdOf } from "../support/terminal.ts";
import {
  exportedPolicies,
  exportedRoots,
  shownInside,
  signInHere,
  startTerminalByPolicy,
  startWithTerminals,
} from "../support/terminal-plane.ts";

const refusedTunnel = /ERR_TUNNEL_CONNECTION_FAILED/;

let stack: AsyncDisposableStack;
let internet: TestInternet;
beforeAll(async () => {
  stack = new AsyncDisposableStack();
  internet = stack.use(await startInternet());
});
afterAll(() => stack.disposeAsync());

/** The browser's own error page: nothing led anywhere. */
async function fails(page: Page, url: string): Promise<void> {
  await expect(page.goto(url)).rejects.toThrow(refusedTunnel);
}

describe("redirectMode: extension", () => {
  let installation: Installation;
  let terminal: ManagedTerminal;
  beforeAll(async () => {
    installation = stack.use(await startWithTerminals(internet, "extension"));
    terminal = stack.use(await startTerminalByPolicy(installation, internet));
  });

  it("the browser has the extension from the portal, because policy says so", async () => {
    const { ExtensionInstallForcelist: forced } = (await exportedPolicies(installation)) as {
      ExtensionInstallForcelist: [string];
    };
    const [id] = forced[0].split(";");
    const page = await terminal.context.newPage();
    await page.goto("chrome://extensions/");
    await expect
      .poll(() => page.evaluate(installedExtensions))
      .toContainEqual(expect.objectContaining({ id, name: "Hanare", state: "ENABLED" }));
    await page.close();
  });

  it("a link to a https page ends on that page in the isolated browser", async () => {
    const address = "https://www.allowed.test/from-mail?q=%93%FA";
    const viewer = await terminal.openLink(address);
    await viewer.getByTestId("sign-in-name").waitFor();
    await signInHere(viewer, installation.administrator);
    await shownInside(viewer, address, "www.allowed.test");
    const second = await terminal.openLink("https://www.allowed.test/second");
    await shownInside(second, "https://www.allowed.test/second", "www.allowed.test");
    expect(installation.hanare.sessions.list().map(({ id }) => id)).toEqual([sessionIdOf(second)]);
  });

  it("direct sites and blocked ones are left alone, and no certificate is ever made", async () => {
    const page = await terminal.context.newPage();
    await page.goto("https://www.direct.test/");
    expect(await page.title()).toBe("origin www.direct.test");
    await fails(page, "https://www.denied.test/");
    const log = await readFile(join(installation.dataDir, "log", "hanare.log"), "utf8");
    expect(log).toContain('"terminal-traffic"');
    const mints = log
      .split("\n")
      .filter((line) => line.includes('"certificate-mint"') && line.includes('"terminal"'));
    expect(mints).toEqual([]);
    await page.close();
  });

  it("does the same when it is loaded as a folder", async () => {
    await using own = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
    own.defer(() => rm(folder, { recursive: true }));
    await cp(join(import.meta.dirname, "../../extension"), folder, { recursive: true });
    const { port, config } = installation.hanare;
    const proxies = [`localhost:${config.terminals.port}`];
    const addresses = { portal: `https://localhost:${port}`, proxies };
    await writeFile(join(folder, "config.json"), JSON.stringify(addresses));
    const { ExtensionInstallForcelist: _forced, ...policies } =
      await exportedPolicies(installation);
    const other = own.use(
      await startManagedTerminal({
        policies,
        trusted: await exportedRoots(installation),
        args: [`--load-extension=${folder}`],
      }),
    );
    const page = await other.openLink("https://www.allowed.test/unpacked");
    await page.getByTestId("sign-in-name").waitFor();
    expect(page.url()).toMatch(/^https:\/\/localhost:\d+\/sign-in\?next=/);
  });
});

describe("redirectMode: none", () => {
  let installation: Installation;
  let terminal: ManagedTerminal;
  beforeAll(async () => {
    installation = stack.use(await startWithTerminals(internet, "none"));
    terminal = stack.use(await startTerminalByPolicy(installation, internet));
  });

  it("leaves a refused https page to the browser's own error", async () => {
    const page = await terminal.context.newPage();
    await page.goto("https://www.direct.test/");
    expect(await page.title()).toBe("origin www.direct.test");
    await fails(page, "https://www.allowed.test/");
    await page.close();
  });

  it("leads plain http on all the same", async () => {
    const page = await terminal.openLink("http://www.allowed.test/");
    await page.getByTestId("sign-in-name").waitFor();
    expect(new URL(page.url()).searchParams.get("next")).toContain("www.allowed.test");
  });
});

type ExtensionInfo = { readonly id: string; readonly name: string; readonly state: string };

/** Runs in chrome://extensions. */
function installedExtensions(): Promise<readonly ExtensionInfo[]> {
  const { chrome } = globalThis as unknown as {
    chrome: { developerPrivate: { getExtensionsInfo(): Promise<readonly ExtensionInfo[]> } };
  };
  return chrome.developerPrivate.getExtensionsInfo();
}

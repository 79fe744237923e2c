/**
 * An installation with its terminal plane, and a terminal that is set up with nothing but what
 * `hanare gpo export` wrote for it.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { RedirectMode } from "../../orchestrator/base/redirect-mode.ts";
import { type Installation, startInstallation, testPolicy } from "./installation.ts";
import type { TestInternet } from "./internet.ts";
import { type ManagedTerminal, startManagedTerminal } from "./managed-terminal.ts";
import { freePort } from "./free-port.ts";
import { password } from "./terminal.ts";

const run = promisify(execFile);
const command = join(import.meta.dirname, "../../orchestrator/cli/main.ts");

/** What stands in the list that terminals are refused by, until a request takes it out. */
const refusedList = "www.unlisted.test\n";

/**
 * One host that terminals reach by themselves, one that nobody reaches, one that can be asked for, everything
 * else isolated.
 */
export const terminalPolicy = `${testPolicy([
  "www.allowed.test",
  "www.unlisted.test",
  "xn--wgv71a119e.test",
]).replace(
  "lists:\n",
  "lists:\n  refused: { file: lists/refused.txt, effect: deny }\n",
)}  - id: T100
    name: 特定通信
    plane: [terminal]
    to: { hosts: ["www.direct.test"] }
    action: direct
  - id: T200
    name: 遮断サイト
    plane: [terminal]
    to: { lists: [denied] }
    action: block
    message: 情報政策課の指示により遮断中です。
  - id: T210
    name: 申請できる遮断
    plane: [terminal]
    to: { lists: [refused] }
    action: block
`;

/** Ports of their own, known before the start: they stand in the files that terminals are given. */
export async function startWithTerminals(
  internet: TestInternet,
  redirectMode: RedirectMode,
): Promise<Installation> {
  return startInstallation({
    caFile: internet.caFile,
    policy: terminalPolicy,
    lists: { "lists/refused.txt": refusedList },
    config: {
      listen: { names: ["localhost"], port: await freePort() },
      terminals: { port: await freePort(), redirectMode },
    },
  });
}

/** Everything that the command wrote, by file name. */
export async function exportGpo(dataDir: string): Promise<ReadonlyMap<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  try {
    const { stdout } = await run(process.execPath, [
      ...["--disable-warning=ExperimentalWarning", command, "gpo", "export", "--json"],
      ...["--data", dataDir, "--out", folder],
    ]);
    const { files } = JSON.parse(stdout) as { files: string[] };
    return new Map(
      await Promise.all(
        files.map(async (name) => [name, await readFile(join(folder, name))] as const),
      ),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

type At = Pick<Installation, "dataDir">;

/** Chromium's policies as they were exported. */
export async function exportedPolicies({ dataDir }: At): Promise<Record<string, unknown>> {
  const files = await exportGpo(dataDir);
  return JSON.parse(files.get("chrome-policy.json")?.toString() ?? "") as Record<string, unknown>;
}

/** The roots that were exported, as PEM. */
export async function exportedRoots({ dataDir }: At): Promise<string[]> {
  const files = await exportGpo(dataDir);
  return [...files].filter(([name]) => name.endsWith(".crt")).map(([, pem]) => pem.toString());
}

export async function startTerminalByPolicy(
  installation: At,
  internet: Pick<TestInternet, "caFile">,
): Promise<ManagedTerminal> {
  return startManagedTerminal({
    policies: await exportedPolicies(installation),
    trusted: [...(await exportedRoots(installation)), await readFile(internet.caFile, "utf8")],
  });
}

/** Signs the first administrator in on the page that asks for it, and sets the password that it asks for then. */
export async function signInHere(
  page: Page,
  { name, oneTimePassword }: Installation["administrator"],
): Promise<void> {
  await page.getByTestId("sign-in-name").fill(name);
  await page.getByTestId("sign-in-password").fill(oneTimePassword);
  await page.getByTestId("sign-in-submit").click();
  await page.getByTestId("current-password").fill(oneTimePassword);
  await page.getByTestId("new-password").fill(password);
  await page.getByTestId("new-password-repeat").fill(password);
  await page.getByTestId("new-password-submit").click();
}

/** Waits for the page in the isolated browser, as the person sees it: address, title, picture. */
export async function shownInside(viewer: Page, address: string, host: string): Promise<void> {
  await viewer.locator("html[data-first-picture]").waitFor({ state: "attached", timeout: 30_000 });
  const bar = viewer.locator("input[data-testid=address]");
  await expect.poll(() => bar.inputValue()).toBe(address);
  await expect
    .poll(async () => (await viewer.getByTestId("tab").allInnerTexts()).join())
    .toContain(`origin ${host}`);
}

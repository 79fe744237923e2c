/**
 * Takes the pictures of the help page and the guides from a real installation, signed in as each role at 1280×720:
 *
 *   node test/pictures/take.ts
 *
 * Written to orchestrator/web/public/help and docs/images as WebP of at most 150 KB each. The pages must have been built (npm run setup).
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { roles, type Role } from "../../orchestrator/identity/types.ts";
import { freePort } from "../support/free-port.ts";
import { startInstallation } from "../support/installation.ts";
import { startInternet } from "../support/internet.ts";
import { firstSignIn, newProfile, openInternet, startTerminal } from "../support/terminal.ts";
import { bringColleagues, dayLists, dayPolicy, spendDay } from "./day.ts";
import { settled, signInAs } from "./staff.ts";

const help = join(import.meta.dirname, "../../orchestrator/web/public/help");
const guides = join(import.meta.dirname, "../../docs/images");
const mostBytes = 150 * 1024;

/** Pages that speak for themselves, by the role that sees them. */
const pages: readonly (readonly [name: string, role: Role, path: string])[] = [
  ["files", "user", "/files"],
  ["requests", "user", "/requests"],
  ["approvals", "approver", "/approvals"],
  ["policy", "list-admin", "/admin/policy"],
  ["explain", "list-admin", "/admin/explain"],
  ["audit", "auditor", "/admin/audit"],
  ["reports", "auditor", "/admin/audit/reports"],
  ["overview", "system-admin", "/admin"],
  ["settings", "system-admin", "/admin/settings"],
];

await using stack = new AsyncDisposableStack();
const internet = stack.use(await startInternet());
const installation = stack.use(
  await startInstallation({
    ...{ caFile: internet.caFile, policy: dayPolicy, lists: dayLists },
    config: { listen: { port: await freePort() }, terminals: { port: await freePort() } },
  }),
);
const browser = await startTerminal(undefined, "ja");
stack.defer(() => browser.close());
const { url } = installation;
const administrator = await firstSignIn(await newProfile(browser), installation);
await bringColleagues(administrator, url);

async function save(page: Page, name: string, folder = help): Promise<void> {
  const picture = await page.screenshot({ animations: "disabled" });
  for (const quality of [82, 70, 55, 40]) {
    const bytes = await sharp(picture).webp({ quality, effort: 6 }).toBuffer();
    if (bytes.length > mostBytes) continue;
    await writeFile(join(folder, `${name}.webp`), bytes);
    process.stdout.write(`${name}.webp ${bytes.length}\n`);
    return;
  }
  throw new Error(`${name} does not fit into ${mostBytes} bytes`);
}

for (const role of roles) {
  const page = await signInAs(role, { browser, administrator, url });
  if (role === "user") {
    await settled(page, installation);
    await save(page, "portal");
    const viewer = await openInternet(page);
    await viewer.waitForTimeout(3000);
    await save(viewer, "first-visit", guides);
    await viewer.getByTestId("hints-close").click();
    await viewer.getByTestId("hints").waitFor({ state: "detached" });
    await save(viewer, "viewer");
    await save(viewer, "viewer", guides);
    await spendDay(viewer, page, url);
    await viewer.close();
  }
  if (role === "system-admin") {
    await page.goto(`${url}/admin/health`);
    await page.getByTestId("health-check").click();
    await page.getByTestId("health-verdict").waitFor({ timeout: 90_000 });
    await page.mouse.move(0, 0);
    await settled(page, installation);
    await save(page, "health");
  }
  for (const [name, of, path] of pages) {
    if (of !== role) continue;
    await page.goto(`${url}${path}`);
    await settled(page, installation);
    await save(page, name);
  }
}

/**
 * Takes the pictures of the help page and the guides from a real installation, signed in as each role at 1280×720:
 *
 *   node test/pictures/take.ts
 *
 * Written to orchestrator/web/public/help as WebP of at most 150 KB each. The pages must have been built (npm run setup).
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import type { Role } from "../../orchestrator/identity/types.ts";
import { startInstallation } from "../support/installation.ts";
import { firstSignIn, newProfile, openInternet, startTerminal } from "../support/terminal.ts";

const folder = join(import.meta.dirname, "../../orchestrator/web/public/help");
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
const installation = stack.use(await startInstallation());
const browser = await startTerminal();
stack.defer(() => browser.close());
const { url } = installation;
const administrator = await firstSignIn(await newProfile(browser), installation);

/** Shows where a site's installation lies, instead of where this one does. */
const moveHome = `(() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode } = texts;
    currentNode.nodeValue = currentNode.nodeValue.replaceAll("${installation.dataDir}", "/opt/hanare/var");
  }
})()`;

async function save(page: Page, name: string): Promise<void> {
  await page.evaluate(moveHome);
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

async function personOf(role: Role): Promise<Page> {
  const names: Readonly<Record<Role, readonly [string, string]>> = {
    user: ["yamada", "山田 花子"],
    approver: ["sato", "佐藤 一郎"],
    "list-admin": ["suzuki", "鈴木 恵"],
    auditor: ["kimura", "木村 誠"],
    "system-admin": ["tanaka", "田中 実"],
  };
  const [name, displayName] = names[role];
  const made = await administrator.request.post(`${url}/api/admin/users`, {
    data: {
      name,
      displayName,
      roles: role === "user" ? ["user"] : ["user", role],
      groups: ["税務課"],
    },
    headers: { origin: url },
  });
  const { oneTimePassword } = (await made.json()) as { oneTimePassword: string };
  return firstSignIn(await newProfile(browser), { url, administrator: { name, oneTimePassword } });
}

async function settled(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.waitForLoadState("networkidle");
}

for (const role of ["user", "approver", "list-admin", "auditor", "system-admin"] as const) {
  const page = await personOf(role);
  if (role === "user") {
    await settled(page);
    await save(page, "portal");
    const viewer = await openInternet(page);
    await viewer.waitForTimeout(3000);
    await save(viewer, "viewer");
    await viewer.close();
  }
  if (role === "system-admin") {
    await page.goto(`${url}/admin/health`);
    await page.getByTestId("health-check").click();
    await page.getByTestId("health-verdict").waitFor({ timeout: 90_000 });
    await page.mouse.move(0, 0);
    await save(page, "health");
  }
  for (const [name, of, path] of pages) {
    if (of !== role) continue;
    await page.goto(`${url}${path}`);
    await settled(page);
    await save(page, name);
  }
}

/**
 * Walks every page as each of the five roles, with a day's work in them, at 1280×720 and 1920×1080, in Japanese
 * and English, some in the dark, and keeps what is seen to be looked at:
 *
 *   node test/pictures/walk.ts FOLDER [ROLE…]
 *
 * A page that scrolls sideways is said on standard output. The chosen few go into docs/images/roles as WebP
 * (docs/roles.md shows them). The pages must have been built (npm run setup).
 */
import { mkdir, writeFile } from "node:fs/promises";
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

const [folder, ...asked] = process.argv.slice(2);
if (folder === undefined) throw new Error("say where the pictures go");
await mkdir(folder, { recursive: true });
const docs = join(import.meta.dirname, "../../docs/images/roles");

/** A page below its role. */
interface Look {
  readonly path: string;
  /** Clicked first, when its dialog is what the picture is of. */
  readonly open?: string;
  /** Clicked first, and the button that can be pressed when that has done its work. */
  readonly run?: readonly [click: string, done: string];
  readonly dark?: true;
  /** Name in docs/images/roles. */
  readonly chosen?: string;
}

const looks: Readonly<Record<Role, readonly Look[]>> = {
  user: [
    { path: "/", dark: true, chosen: "user-portal" },
    { path: "/files", chosen: "user-files" },
    { path: "/requests" },
    { path: "/notices" },
    { path: "/security" },
    { path: "/password" },
    { path: "/help" },
    { path: "/no-such-page" },
    { path: "/go?url=http%3A%2F%2Fexample.jp%2F" },
  ],
  approver: [
    { path: "/" },
    { path: "/approvals", chosen: "approver-inbox" },
    { path: "/approvals", open: "approval-look", chosen: "approver-file" },
    { path: "/notices" },
    { path: "/help" },
  ],
  "list-admin": [
    { path: "/admin/requests", chosen: "list-admin-inbox" },
    { path: "/admin/requests", open: "inbox-open" },
    { path: "/admin/groups" },
    { path: "/admin/explain" },
    { path: "/admin/policy", dark: true, chosen: "list-admin-policy" },
    { path: "/admin/policy", open: "new-rule" },
    { path: "/admin/policy/history" },
  ],
  auditor: [
    { path: "/admin/audit", dark: true, chosen: "auditor-audit" },
    { path: "/admin/audit/reports", chosen: "auditor-report" },
    { path: "/admin/audit/reports?report=refusals" },
    { path: "/admin/files", chosen: "auditor-files" },
  ],
  "system-admin": [
    { path: "/admin", dark: true, chosen: "system-admin-overview" },
    { path: "/admin/users", chosen: "system-admin-users" },
    { path: "/admin/users", open: "user-create" },
    { path: "/admin/groups" },
    { path: "/admin/tokens" },
    { path: "/admin/tokens", open: "token-create" },
    { path: "/admin/settings", chosen: "system-admin-settings" },
    { path: "/admin/health" },
    { path: "/admin/health", run: ["health-check", "health-check"], dark: true },
    { path: "/admin/isolation", run: ["isolation-probe", "isolation-probe"] },
    { path: "/notices" },
  ],
};

const sizes = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
] as const;

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

async function keep(page: Page, name: string): Promise<Buffer> {
  const picture = await page.screenshot({ animations: "disabled" });
  await writeFile(join(folder ?? "", `${name}.png`), picture);
  return picture;
}

async function lookAt(
  page: Page,
  role: Role,
  { path, open, run, dark, chosen }: Look,
): Promise<void> {
  await page.goto(`${url}${path}`);
  await settled(page, installation);
  if (open !== undefined) {
    await page.getByTestId(open).first().click();
    await page.locator("dialog[open] h2").waitFor();
  }
  if (run !== undefined) {
    await page.getByTestId(run[0]).click();
    await page.locator(`[data-testid=${run[1]}]:enabled`).waitFor({ timeout: 90_000 });
    await page.mouse.move(0, 0);
  }
  const name = [role, path.replaceAll(/[^a-z]+/g, "-"), open ?? run?.[0] ?? ""].join("-");
  for (const language of ["ja", "en"] as const) {
    await page.evaluate(
      `localStorage.setItem("hanare.language", "${language}"); window.dispatchEvent(new StorageEvent("storage", { key: "hanare.language" }));`,
    );
    for (const size of sizes) {
      await page.setViewportSize(size);
      await settled(page, installation);
      const shot = `${name}-${language}-${size.width}`;
      const picture = await keep(page, shot);
      if (size.width === 1280 && language === "ja" && chosen !== undefined)
        await writeFile(
          join(docs, `${chosen}.webp`),
          await sharp(picture).webp({ quality: 70, effort: 6 }).toBuffer(),
        );
      for (const line of await page.evaluate<string[]>(overflows)) {
        process.stdout.write(`${shot}: ${line}\n`);
      }
    }
    await page.setViewportSize(sizes[0]);
    // Once whole, for what lies below the fold.
    if (language === "en") continue;
    const whole = await page.screenshot({ animations: "disabled", fullPage: true });
    await writeFile(join(folder ?? "", `${name}-whole.png`), whole);
  }
  if (dark === true) {
    await page.emulateMedia({ colorScheme: "dark" });
    await keep(page, `${name}-dark`);
    await page.emulateMedia({ colorScheme: "light" });
  }
  await page.evaluate(`localStorage.removeItem("hanare.language")`);
}

/** What is wider than its window, and what is cut off with dots. */
const overflows = `[...document.querySelectorAll("main *, header *")].flatMap((each) => {
  const style = getComputedStyle(each);
  const what = each.tagName + " " + each.textContent.trim().slice(0, 50);
  if (each.scrollWidth > each.clientWidth + 1 && /auto|scroll/.test(style.overflowX)) return ["scrolls sideways: " + what];
  if (each.scrollWidth > each.clientWidth + 1 && style.textOverflow === "ellipsis") return ["cut off: " + what];
  return each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".overflow-x-auto") ? ["too wide: " + what] : [];
})`;

await mkdir(docs, { recursive: true });
for (const role of roles) {
  const page = await signInAs(role, { browser, administrator, url });
  if (role === "user") {
    const viewer = await openInternet(page);
    await spendDay(viewer, page, url);
    await viewer.bringToFront();
    await keep(viewer, "user-viewer");
    await page.bringToFront();
  }
  if (asked.length > 0 && !asked.includes(role)) continue;
  for (const look of looks[role])
    await lookAt(page, role, look).catch((error: unknown) => {
      process.exitCode = 1;
      process.stdout.write(`${role} ${look.path} ${look.open ?? ""}: ${String(error)}\n`);
    });
  process.stdout.write(`${role} is through\n`);
}

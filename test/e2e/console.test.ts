/** The console's pages for settings and groups, and the help, by the keyboard, in a real browser. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Portal, sections, startPortal } from "../integration/http/portal.ts";
import { expectNoViolations } from "../support/axe.ts";
import { newProfile, startTerminal } from "../support/terminal.ts";

let portal: Portal;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  sections.set("unyou", ["soumu"]);
  portal = await startPortal({ pages: true });
  browser = await startTerminal(portal.certificate);
  const { password } = await portal.person("unyou", ["user", "system-admin"]);
  page = await (await newProfile(browser)).newPage();
  await page.goto(`${portal.origin}/sign-in?next=${encodeURIComponent("/admin/settings")}`);
  await page.getByTestId("sign-in-name").fill("unyou");
  await page.getByTestId("sign-in-password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByTestId("settings-search").waitFor();
});
afterAll(async () => {
  await browser.close();
  await portal[Symbol.asyncDispose]();
});

it("a setting is found, changed, shown before it is written, and then waits for a restart", async () => {
  await page.getByTestId("settings-search").fill("操作がない");
  await page.getByTestId("setting-sessions.idleMinutes").fill("0");
  await page.getByTestId("settings-review").press("Enter");
  await page.getByTestId("settings-cannot").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("setting-sessions.idleMinutes").fill("15");
  await page.getByTestId("settings-review").press("Enter");
  await page.getByTestId("settings-diff").getByText("idleMinutes: 15").waitFor();
  await page.getByTestId("settings-save").press("Enter");
  await page.getByTestId("settings-waiting").waitFor();
  expect(readFileSync(join(portal.data, "hanare.yaml"), "utf8")).toBe(
    "sessions:\n  idleMinutes: 15\n",
  );
});

it("what cannot be changed here says why", async () => {
  await page.getByTestId("settings-search").fill("listen.port");
  const row = page.locator('[data-setting="listen.port"]');
  await row.getByText("この画面に届かなくなるおそれがあるため").waitFor();
  expect(await row.locator("input, select").count()).toBe(0);
});

it("groups show what they may do and who is in them; the portal shows one's own", async () => {
  await page.goto(`${portal.origin}/admin/groups`);
  const row = page.locator('[data-group="soumu"]');
  await row.locator("summary").press("Enter");
  await row.getByText("(unyou)").waitFor();
  await page.getByTestId("groups-search").fill("zeimu");
  await page.locator('[data-group="zeimu"]').waitFor();
  expect(await row.count()).toBe(0);
  await page.goto(`${portal.origin}/`);
  expect(await page.locator("[data-right=upload]").getAttribute("data-given")).toBe("false");
});

it("the help shows each of one's roles with pictures that are there, and breaks no rule", async () => {
  await page.getByTestId("account-menu").press("Enter");
  await page.getByTestId("to-help").press("Enter");
  await page.waitForURL("**/help");
  const pictures = page.locator("main img");
  await expect.poll(() => pictures.count()).toBe(7);
  for (let at = 0; at < 7; at += 1) {
    await pictures.nth(at).scrollIntoViewIfNeeded();
    await expect
      .poll(() =>
        pictures.nth(at).evaluate((each) => (each as { naturalWidth?: number }).naturalWidth),
      )
      .toBe(1280);
  }
  await expectNoViolations(page);
});

/** The console's pages for settings, groups and requests, the bell and the help, by the keyboard, in a real browser. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Portal, sections, startPortal } from "../integration/http/portal.ts";
import { refuse } from "../integration/http/portal-refusal.ts";
import { expectNoViolations } from "../support/axe.ts";
import { newProfile, startTerminal } from "../support/terminal.ts";

let portal: Portal;
let browser: Browser;
let page: Page;
let password: string;
beforeAll(async () => {
  sections.set("unyou", ["soumu"]);
  portal = await startPortal({ pages: true });
  browser = await startTerminal(portal.certificate);
  ({ password } = await portal.person("unyou", ["user", "system-admin"]));
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
  await page.getByTestId("settings-search").fill("同時のブラウザ");
  await page.getByTestId("setting-sessions.maxTotal").fill("0");
  await page.getByTestId("settings-review").press("Enter");
  await page.getByTestId("settings-cannot").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("setting-sessions.maxTotal").fill("15");
  await page.getByTestId("settings-review").press("Enter");
  await page.getByTestId("settings-diff").getByText("maxTotal: 15").waitFor();
  await page.getByTestId("settings-save").press("Enter");
  await page.getByTestId("settings-waiting").waitFor();
  expect(readFileSync(join(portal.data, "hanare.yaml"), "utf8")).toBe(
    "sessions:\n  maxTotal: 15\n",
  );
});

it("what cannot be changed here says why", async () => {
  await page.getByTestId("settings-search").fill("listen.port");
  const row = page.locator('[data-setting="listen.port"]');
  await row.getByText("この画面に届かなくなるおそれがあるため").waitFor();
  expect(await row.locator("input, select").count()).toBe(0);
});

it("who answers a request, and so publishes, says who they are when the last proof is old", async () => {
  const { id, name } = await portal.person("hanako", ["user"]);
  const refusal = refuse(portal, { id }, { host: "www.one.example" });
  portal.requests.open({ id, name, terminal: "127.0.0.1" }, refusal, "調査に使う");
  const versionBefore = portal.policyVersion();
  portal.advance(15 * 60_000 + 1);
  await page.goto(`${portal.origin}/admin/requests`);
  await page.getByTestId("inbox-open").press("Enter");
  await page.getByTestId("to-approve").press("Enter");
  await page.getByTestId("approve-confirm").press("Enter");
  await page.getByTestId("proof-password").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByTestId("error").waitFor();
  expect(portal.policyVersion()).toBe(versionBefore);
  await page.getByTestId("proof-password").fill(password);
  await page.keyboard.press("Enter");
  await expect.poll(() => portal.policyVersion()).toBe(versionBefore + 1);
});

it("a list of values is written anew, one value on each line", async () => {
  await page.goto(`${portal.origin}/admin/settings`);
  await page.getByTestId("settings-search").fill("directHosts");
  const lines = page.getByTestId("setting-terminals.directHosts");
  await lines.fill(".lgwan.jp\nkintai.city.test");
  await page.getByTestId("settings-review").press("Enter");
  await page.getByTestId("settings-diff").getByText("kintai.city.test").waitFor();
  await page.getByTestId("settings-save").press("Enter");
  await expect
    .poll(() => readFileSync(join(portal.data, "hanare.yaml"), "utf8"))
    .toContain('directHosts: [".lgwan.jp","kintai.city.test"]');
});

it("groups show what they may do and who is in them; the portal shows one's own", async () => {
  await page.goto(`${portal.origin}/admin/groups`);
  const row = page.locator('[data-group="soumu"]');
  await row.locator("summary").press("Enter");
  await row.getByText("(unyou)").waitFor();
  await page.getByTestId("groups-search").fill("zeimu");
  await page.locator('[data-group="zeimu"]').waitFor();
  await expect.poll(() => row.count()).toBe(0);
  await page.goto(`${portal.origin}/`);
  expect(await page.locator("[data-right=upload]").getAttribute("data-given")).toBe("false");
});

it("the bell counts, leads to the notices and is quiet once they are read, by the keyboard", async () => {
  const bell = page.getByTestId("notice-bell");
  expect(await bell.getAttribute("data-unread")).toBe("0");
  for (const host of ["a.example.jp", `<img src=x onerror=alert(1)>`]) {
    portal.audit.write({
      ...{ action: "request-refuse", outcome: "success", userName: "risuto", target: host },
      details: { asker: "unyou" },
    });
  }
  await portal.notices.follow();
  await page.goto(`${portal.origin}/`);
  await page.locator("[data-testid=notice-bell][data-unread='2']").press("Enter");
  await page.waitForURL("**/notices");
  const notices = page.getByTestId("notice");
  await expect.poll(() => notices.count()).toBe(2);
  expect(await notices.first().innerText()).toContain("（<img src=x onerror=alert(1)>）");
  await notices.first().getByTestId("notice-read").press("Enter");
  await page.locator("[data-testid=notice-bell][data-unread='1']").waitFor();
  expect(await bell.getAttribute("aria-label")).toBe("通知（未読 1 件）");
  expect(await notices.last().getAttribute("data-read")).toBe("false");
  await page.getByTestId("notices-read-all").press("Enter");
  await page.locator("[data-testid=notice-bell][data-unread='0']").waitFor();
  await notices.last().getByRole("link").press("Enter");
  await page.waitForURL("**/requests");
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

/** The auditor's pages in a real browser: search by the address, records as they come, reports and their CSV. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Portal, startPortal } from "../integration/http/portal.ts";
import { newProfile, startTerminal } from "../support/terminal.ts";

let portal: Portal;
let browser: Browser;
let context: BrowserContext;
let page: Page;
beforeAll(async () => {
  portal = await startPortal({ pages: true });
  browser = await startTerminal(portal.certificate);
  const { password } = await portal.person("kansa", ["auditor"]);
  await portal.person("yamada", ["user"]);
  context = await newProfile(browser);
  page = await context.newPage();
  await page.goto(`${portal.origin}/sign-in?next=${encodeURIComponent("/admin/audit")}`);
  await page.getByTestId("sign-in-name").fill("kansa");
  await page.getByTestId("sign-in-password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByTestId("audit-row").first().waitFor();
});
afterAll(async () => {
  await browser.close();
  await portal[Symbol.asyncDispose]();
});

const wrongPassword = (name: string) =>
  portal.send("POST", "/api/sign-in", { body: { name, password: "wrong" } });
const rows = () => page.getByTestId("audit-row");

describe("searching", () => {
  it("puts the filters into the address, takes them from there, and says when nothing matches", async () => {
    await page.getByTestId("audit-filter-q").fill("yamada sign");
    await page.getByTestId("audit-filter-q").press("Enter");
    await page.waitForURL("**/admin/audit?q=yamada+sign");
    await page.getByText("条件に合う記録はありません。").waitFor();
    await page.goto(`${portal.origin}/admin/audit?user=yamada&action=sign-in`);
    await rows().first().waitFor();
    expect(await page.getByTestId("audit-filter-user").inputValue()).toBe("yamada");
    for (const row of await rows().all())
      expect(await row.getAttribute("data-action")).toBe("sign-in");
    await page.goBack();
    await page.getByText("条件に合う記録はありません。").waitFor();
  });

  it("leads from a person in a record to all of theirs, by keyboard alone", async () => {
    await page.goto(`${portal.origin}/admin/audit?action=sign-in`);
    await page.getByTestId("audit-table").getByRole("link", { name: "yamada" }).first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/admin/audit?user=yamada");
    await rows().first().waitFor();
  });

  it("shows a record that is written now without being asked again", async () => {
    await page.goto(`${portal.origin}/admin/audit?action=sign-in&outcome=failure`);
    await page.getByTestId("audit-live").waitFor();
    await page.getByTestId("audit-live").check();
    await wrongPassword("nobody-yet");
    await page.getByTestId("audit-row").filter({ hasText: "nobody-yet" }).waitFor();
  });
});

describe("the reports", () => {
  it("count by person, lead to the records, and come as CSV that is itself on record", async () => {
    await page.goto(
      `${portal.origin}/admin/audit/reports?report=people&from=2026-03-01&to=2026-04-30`,
    );
    await page.getByTestId("report-row").filter({ hasText: "yamada" }).waitFor();
    const csv = page.waitForEvent("download");
    await page.getByTestId("report-csv-form").selectOption("cp932");
    await page.getByTestId("report-csv").click();
    expect((await csv).suggestedFilename()).toBe("hanare-report-people.csv");
    await page.getByTestId("report-row").getByRole("link", { name: "yamada" }).click();
    await page.waitForURL("**/admin/audit?from=2026-03-01T00%3A00&**");
    await rows().first().waitFor();
    await page.goto(`${portal.origin}/admin/audit?action=audit-export`);
    await page.getByTestId("audit-row").filter({ hasText: '"report":"people"' }).waitFor();
  });

  it("say when there is nothing to count", async () => {
    await page.getByTestId("audit-table").waitFor();
    await page.goto(
      `${portal.origin}/admin/audit/reports?report=files&from=2026-03-01&to=2026-04-30`,
    );
    await page.getByText("この期間に数える記録はありません。").waitFor();
    await page.getByTestId("report-which").selectOption("sections");
    await page.getByTestId("report-show").click();
    await page.waitForURL("**report=sections**");
  });
});

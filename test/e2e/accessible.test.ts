/** Every page, light and dark, before axe-core: no violation of WCAG 2.2 A and AA; and the phone's width for approvals. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roles } from "../../orchestrator/identity/types.ts";
import { type Portal, startPortal } from "../integration/http/portal.ts";
import { expectNoViolations } from "../support/axe.ts";
import { newProfile, startTerminal } from "../support/terminal.ts";
import { follow, settled } from "../support/walk.ts";

let portal: Portal;
let browser: Browser;
let url: string;
let password: string;
beforeAll(async () => {
  portal = await startPortal({ pages: true });
  browser = await startTerminal(portal.certificate);
  url = portal.origin.replace("127.0.0.1", "localhost");
  // Names that a page must show as text, whatever they look like.
  ({ password } = await portal.person("zenbu", roles));
  await portal.identity.create({
    ...{ name: "taro", displayName: `<img src=x onerror=alert(1)>"'&`, roles: ["user"] },
    groups: ["<b>soumu</b>"],
  });
});
afterAll(async () => {
  await browser.close();
  await portal[Symbol.asyncDispose]();
});

async function signedIn(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId("sign-in-name").fill("zenbu");
  await page.getByTestId("sign-in-password").fill(password);
  await page.getByTestId("sign-in-submit").click();
  await page.getByTestId("account-menu").waitFor();
  return page;
}

const pages = [
  "/",
  "/requests",
  "/password",
  "/security",
  "/files",
  "/notices",
  "/approvals",
  "/admin",
  "/admin/audit",
  "/admin/audit/reports",
  "/admin/users",
  "/admin/tokens",
  "/admin/files",
  "/admin/groups",
  "/admin/settings",
  "/admin/health",
  "/admin/isolation",
  "/admin/requests",
  "/admin/explain",
  "/admin/policy",
  "/admin/policy/history",
  "/admin/no-such-page",
  "/go?url=http%3A%2F%2Fexample.jp%2F",
];
const dialogs = [
  ["/admin/users", "user-create"],
  ["/admin/users", "user-edit"],
  ["/admin/tokens", "token-create"],
  ["/security", "app-add"],
  ["/security", "passkey-add"],
] as const;

/** Pages of one sign-in, walked side by side. */
const lanes = 3;

describe("in both themes", () => {
  let context: BrowserContext;
  const idle: Page[] = [];
  const waiting: ((page: Page) => void)[] = [];
  beforeAll(async () => {
    context = await newProfile(browser);
    idle.push(await signedIn(context));
    while (idle.length < lanes) {
      const page = await context.newPage();
      await page.goto(url);
      idle.push(page);
    }
  });
  afterAll(() => context.close());

  async function inLane(work: (page: Page) => Promise<void>): Promise<void> {
    const page = idle.pop() ?? (await new Promise<Page>((take) => waiting.push(take)));
    try {
      await work(page);
    } finally {
      const next = waiting.shift();
      if (next) next(page);
      else idle.push(page);
    }
  }

  it("the sign-in page breaks no rule", async () => {
    const stranger = await newProfile(browser);
    const first = await stranger.newPage();
    await first.goto(`${url}/sign-in`);
    await settled(first);
    await expectNoViolations(first);
    await stranger.close();
  });

  it.concurrent.each(pages)("%s breaks no rule", (path) =>
    inLane(async (page) => {
      await follow(page, path);
      await expectNoViolations(page);
    }),
  );

  it.concurrent.each(dialogs)("%s with the dialog of %s breaks no rule", (path, button) =>
    inLane(async (page) => {
      // Anew: a dialog of before may be open still.
      await page.goto(`${url}${path}`);
      await page.getByTestId(button).first().click();
      await page.locator("dialog[open] input").first().waitFor();
      await expectNoViolations(page);
    }),
  );
});

it("approvals fit a phone: nothing is wider than its screen", async () => {
  const context = await newProfile(browser, { width: 390, height: 844 });
  const page = await signedIn(context);
  for (const path of ["/approvals", "/files", "/admin/requests", "/requests", "/security", "/"]) {
    await follow(page, path);
    // What is wider has a scroll bar of its own. Fonts may still come, and with them another width.
    const look = () =>
      page.evaluate(
        `({
          wider: [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > innerWidth && !each.closest(".overflow-x-auto"))
            .map((each) => each.tagName + " " + each.textContent.slice(0, 40)),
          width: document.documentElement.scrollWidth,
        })`,
      );
    await expect.poll(look, { message: path }).toEqual({ wider: [], width: 390 });
  }
  await context.close();
});

it("the keyboard alone signs in, opens the account menu and signs out", async () => {
  const context = await newProfile(browser);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId("sign-in-name").waitFor();
  await page.keyboard.type("zenbu");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  const menu = page.getByTestId("account-menu");
  await menu.waitFor();
  await tabTo(page, "account-menu");
  await page.keyboard.press("Enter");
  await tabTo(page, "sign-out");
  await page.keyboard.press("Enter");
  await page.getByTestId("sign-in-name").waitFor();
  await context.close();
});

async function tabTo(page: Page, testId: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await page.evaluate("document.activeElement?.dataset?.testid")) === testId) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not get to ${testId}`);
}

/** Signing in as people do it, in a real browser: the app's QR code, a passkey, recovery codes, a fresh proof. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { decodeQR } from "qr/decode.js";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Portal, startPortal } from "../integration/http/portal.ts";
import { appCode } from "../support/authenticator-app.ts";
import { newProfile, startTerminal } from "../support/terminal.ts";

let portal: Portal;
let browser: Browser;
let url: string;
beforeAll(async () => {
  portal = await startPortal({ pages: true, secondFactorRoles: ["auditor"] });
  browser = await startTerminal(portal.certificate);
  // Passkeys are bound to names; an address has none.
  url = portal.origin.replace("127.0.0.1", "localhost");
});
afterAll(async () => {
  await browser.close();
  await portal[Symbol.asyncDispose]();
});

async function enter(context: BrowserContext, name: string, password: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId("sign-in-name").fill(name);
  await page.getByTestId("sign-in-password").fill(password);
  await page.keyboard.press("Enter");
  return page;
}

async function signOut(page: Page): Promise<void> {
  await page.getByTestId("account-menu").click();
  await page.getByTestId("sign-out").click();
  await page.getByTestId("sign-in-name").waitFor();
}

/** As a telephone's camera reads it. */
async function readQr(page: Page): Promise<string> {
  const { data, info } = await sharp(await page.getByTestId("qr-code").screenshot())
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return decodeQR({ width: info.width, height: info.height, data });
}

describe("somebody whose role needs a second factor", () => {
  it("sets an app up by its QR code, goes on, and is asked for a code the next time", async () => {
    const { password } = await portal.person("kansa", ["auditor"]);
    const context = await newProfile(browser);
    const page = await enter(context, "kansa", password);
    // Whatever the address: there is one page only until it is done.
    await page.getByTestId("app-add").waitFor();
    await page.goto(`${url}/admin/audit`);
    await page.getByTestId("app-add").click();
    const secret = await page.getByTestId("app-secret").innerText();
    expect(new URL(await readQr(page)).searchParams.get("secret")).toBe(secret);

    await page.getByTestId("app-code").fill("000000");
    await page.getByTestId("app-confirm").click();
    await page.getByTestId("error").waitFor();
    await page.getByTestId("app-code").fill(appCode(secret, portal.now()));
    await page.keyboard.press("Enter");
    const list = page.getByTestId("recovery-codes").locator("li");
    await list.first().waitFor();
    const codes = await list.allInnerTexts();
    expect(codes).toHaveLength(10);
    await page.getByTestId("codes-done").click();
    await page.getByTestId("security-continue").click();
    await page.getByTestId("account-menu").waitFor();
    await signOut(page);
    await page.close();

    portal.advance(30_000);
    const again = await enter(context, "kansa", password);
    await again.getByTestId("factor-code").fill(appCode(secret, portal.now()));
    await again.keyboard.press("Enter");
    await again.getByTestId("account-menu").waitFor();
    await signOut(again);
    await again.close();

    const lost = await enter(context, "kansa", password);
    await lost.getByTestId("factor-use-recovery").click();
    await lost.getByTestId("factor-code").fill(codes[0] ?? "");
    await lost.getByTestId("factor-submit").click();
    await lost.getByTestId("account-menu").waitFor();
    await lost.goto(`${url}/security`);
    await lost.getByTestId("codes-left").waitFor();
    expect(await lost.getByTestId("codes-left").innerText()).toBe("残り 9 個");
    await context.close();
  });
});

describe("a passkey", () => {
  it("is added, proves the person, and a wrong one leaves them where they were", async () => {
    const { password } = await portal.person("hanako", ["user"]);
    const context = await newProfile(browser);
    const page = await enter(context, "hanako", password);
    await page.getByTestId("open-internet").waitFor();
    const devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true },
        ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    await page.getByTestId("account-menu").click();
    await page.getByTestId("to-security").click();
    await page.getByTestId("passkey-add").click();
    await page.getByTestId("passkey-name").fill("執務室の端末");
    await page.getByTestId("passkey-create").click();
    await page.getByTestId("codes-done").click();
    expect(await page.getByTestId("passkey").innerText()).toContain("執務室の端末");

    // In the same tab: the authenticator is plugged in there.
    await signOut(page);
    await page.getByTestId("sign-in-name").fill("hanako");
    await page.getByTestId("sign-in-password").fill(password);
    await page.getByTestId("sign-in-submit").click();
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await page.getByTestId("factor-passkey").click();
    await page.getByTestId("account-menu").waitFor();

    await signOut(page);
    await devtools.send("WebAuthn.clearCredentials", { authenticatorId });
    await page.getByTestId("sign-in-name").fill("hanako");
    await page.getByTestId("sign-in-password").fill(password);
    await page.getByTestId("sign-in-submit").click();
    await page.getByTestId("factor-passkey").click();
    await page.getByTestId("factor-use-recovery").waitFor();
    expect((await page.request.get(`${url}/api/session`)).status()).toBe(403);
    await context.close();
  });
});

describe("an act that cannot be undone", () => {
  it("asks for the password again after a while, and then goes on by itself", async () => {
    const { password } = await portal.person("kanri", ["system-admin"]);
    const context = await newProfile(browser);
    const page = await enter(context, "kanri", password);
    await page.getByTestId("account-menu").waitFor();
    portal.advance(16 * 60_000);
    await page.goto(`${url}/admin/users`);
    await page.getByTestId("user-create").click();
    await page.getByTestId("user-name").fill("atarashii");
    await page.getByTestId("user-display-name").fill("新しい人");
    await page.getByTestId("user-create-submit").click();
    await page.getByTestId("proof-password").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByTestId("error").waitFor();
    await page.getByTestId("proof-password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByTestId("one-time-password").waitFor();
    await context.close();
  });
});

describe("signing out everywhere", () => {
  it("ends the other browser and says so", async () => {
    const { password } = await portal.person("futari", ["user"]);
    const [here, there] = [await newProfile(browser), await newProfile(browser)];
    const other = await enter(there, "futari", password);
    await other.getByTestId("open-internet").waitFor();
    const page = await enter(here, "futari", password);
    await page.getByTestId("open-internet").waitFor();
    await page.goto(`${url}/security`);
    // The two browsers, and the sign-ins with which the account was made ready.
    await page.getByTestId("sign-in-row").nth(2).waitFor();
    expect(await page.getByTestId("sign-in-row").first().innerText()).toContain("Chrome");
    await page.getByTestId("sign-out-everywhere").click();
    await expect.poll(() => page.getByTestId("sign-in-row").count()).toBe(1);
    await other.reload();
    await other.getByTestId("sign-in-name").waitFor();
    await here.close();
    await there.close();
  });
});

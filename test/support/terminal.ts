/** A terminal: a real Chromium with the portal open, and what a person does there. */
import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { defaultDataDir } from "../../orchestrator/config/load.ts";
import type { Installation } from "./installation.ts";

export const chromiumPath = "/usr/bin/chromium";
export const password = "とても長いパスワードです2026";

/**
 * `certificate`: PEM of the portal to trust; left out, the one that the set-up made.
 * `language`: of the browser's own parts, such as the fields for dates; left out, the machine's.
 */
export async function startTerminal(certificate?: string, language?: string): Promise<Browser> {
  // The terminal's own sandbox is not under test here, and root cannot have it.
  return chromium.launch({
    executablePath: chromiumPath,
    ...(language !== undefined && {
      env: {
        ...process.env,
        LANGUAGE: language,
        LC_ALL: `${language}_${language === "ja" ? "JP" : "US"}.UTF-8`,
      },
    }),
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      `--ignore-certificate-errors-spki-list=${await portalKeyHash(certificate)}`,
      ...(language === undefined ? [] : [`--lang=${language}`]),
    ],
  });
}

/**
 * The portal's certificate is trusted, as on a terminal that has the site's authority: with an error that is
 * merely passed over, nothing is cached and no TLS session is taken up again.
 */
export async function portalKeyHash(certificate?: string): Promise<string> {
  const { publicKey } = new X509Certificate(
    certificate ?? (await readFile(join(defaultDataDir(), "keys", "server.crt"))),
  );
  const spki = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64");
}

/** A fresh terminal profile with Japanese as its language, 1280×720 unless told. */
export function newProfile(
  browser: Browser,
  viewport = { width: 1280, height: 720 },
  deviceScaleFactor = 1,
): Promise<BrowserContext> {
  return browser.newContext({
    // For requests that tests send beside the browser, which know nothing of its trust.
    ignoreHTTPSErrors: true,
    locale: "ja-JP",
    viewport,
    deviceScaleFactor,
    acceptDownloads: true,
  });
}

/** Signs the first administrator in and sets the password; the portal is shown afterwards. */
export async function firstSignIn(
  context: BrowserContext,
  { url, administrator }: Pick<Installation, "administrator" | "url">,
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId("sign-in-name").fill(administrator.name);
  await page.getByTestId("sign-in-password").fill(administrator.oneTimePassword);
  await page.getByTestId("sign-in-submit").click();
  await page.getByTestId("current-password").fill(administrator.oneTimePassword);
  await page.getByTestId("new-password").fill(password);
  await page.getByTestId("new-password-repeat").fill(password);
  await page.getByTestId("new-password-submit").click();
  await page.getByTestId("open-internet").waitFor();
  return page;
}

export async function signIn(
  context: BrowserContext,
  url: string,
  name: string,
  secret = password,
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByTestId("sign-in-name").fill(name);
  await page.getByTestId("sign-in-password").fill(secret);
  await page.getByTestId("sign-in-submit").click();
  return page;
}

/** Not a bar of speed (the benches have those): a machine that writes an image back to a slow disk takes its time. */
const firstPictureMs = 50_000;

/** Clicks 「インターネットを開く」 and waits for the first picture in the new tab. */
export async function openInternet(portal: Page): Promise<Page> {
  const [viewer] = await Promise.all([
    portal.context().waitForEvent("page"),
    portal.getByTestId("open-internet").click(),
  ]);
  await viewer
    .locator("html[data-first-picture]")
    .waitFor({ state: "attached", timeout: firstPictureMs })
    .catch(async (error: unknown) => {
      const shown = await viewer.locator("body").innerText();
      throw new Error(`no first picture at ${viewer.url()}, which shows: ${shown}`, {
        cause: error,
      });
    });
  return viewer;
}

/** Types an address (or words) into our address bar, as a person does. */
export async function go(viewer: Page, text: string): Promise<void> {
  const bar = viewer.locator("input[data-testid=address]");
  await bar.click();
  await bar.fill(text);
  await bar.press("Enter");
}

export function sessionIdOf(viewer: Page): string {
  return /\/view\/(s[a-z2-9]{20})/.exec(viewer.url())?.[1] ?? "";
}

/** Members of staff for the pictures: one for each role, signed in at a terminal of their own. */
import type { Browser, Page } from "playwright-core";
import type { Role } from "../../orchestrator/identity/types.ts";
import { type Installation } from "../support/installation.ts";
import { firstSignIn, newProfile } from "../support/terminal.ts";

const names: Readonly<Record<Role, readonly [name: string, displayName: string]>> = {
  user: ["yamada", "山田 花子"],
  approver: ["sato", "佐藤 一郎"],
  "list-admin": ["suzuki", "鈴木 恵"],
  auditor: ["kimura", "木村 誠"],
  "system-admin": ["tanaka", "田中 実"],
};

/** `administrator`: a page of the first administrator, who makes the account. */
export async function signInAs(
  role: Role,
  parts: { readonly browser: Browser; readonly administrator: Page; readonly url: string },
): Promise<Page> {
  const { browser, administrator, url } = parts;
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

/** The page has its answers, and shows where a site's installation lies instead of where this one does. */
export async function settled(page: Page, { dataDir }: Installation): Promise<void> {
  await page.locator("h1").first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.getByTestId("loading").waitFor({ state: "detached" });
  // What appears has appeared; what turns for ever is not waited for.
  await page.evaluate(`Promise.all(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().iterations !== Infinity)
    .map((each) => each.finished.catch(() => undefined)))`);
  await page.evaluate(`(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { currentNode } = texts;
      currentNode.nodeValue = currentNode.nodeValue.replaceAll("${dataDir}", "/opt/hanare/var");
    }
  })()`);
}

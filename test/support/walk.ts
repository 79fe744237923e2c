/** Going from page to page as a click on one of our own links does: the document stays, the page is another. */
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** The page has its answers: nothing is being loaded any more. */
export async function settled(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  await expect.poll(() => page.getByTestId("loading").count()).toBe(0);
}

/** `path` is one of the application's pages; the page stands on another one of them. */
export async function follow(page: Page, path: string): Promise<void> {
  // The heading of the page before stands until React has drawn the next one: it is marked, and not taken for that.
  await page.evaluate(`(() => {
    const to = ${JSON.stringify(path)};
    if (location.pathname + location.search === to) return;
    for (const each of document.querySelectorAll("h1")) each.dataset.former = "";
    history.pushState(null, "", to);
    window.dispatchEvent(new Event("hanare:navigated"));
  })()`);
  await page.locator("h1:not([data-former])").first().waitFor();
  await settled(page);
}

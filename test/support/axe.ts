/** WCAG 2.2 AA as axe tests it, on what a page shows now. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
const all = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };

/** What a theme changes. */
const ofColour = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** One line for each element that breaks a rule. */
async function violations(page: Page, rules: object): Promise<string[]> {
  const found = await page.evaluate<AxeResults>(
    // What holds is not gathered; no rule here asks for style sheets to be loaded once more.
    `axe.run(document, ${JSON.stringify({ runOnly: rules, resultTypes: ["violations"], preload: false })})`,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} (${failureSummary})`),
  );
}

/** In the light theme by every rule, in the dark one by those about colour; without motion: nothing is judged half faded in. */
export async function expectNoViolations(page: Page): Promise<void> {
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axeSource);
  for (const [colorScheme, rules] of [
    ["light", all],
    ["dark", ofColour],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect({ colorScheme, broken: await violations(page, rules) }).toEqual({
      colorScheme,
      broken: [],
    });
  }
}

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type axe from "axe-core";
import type { Page } from "playwright-core";

/** What makes `window.axe`. */
export const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** The rules of WCAG 2.2 A and AA, and of best practice. */
export const STANDARDS: axe.RunOnly = {
  type: "tag",
  values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
};
/** Those that a theme decides. */
export const COLOURS: axe.RunOnly = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** What axe finds wrong with a page as it is shown now, a line each. */
export async function violations(page: Page, rules = STANDARDS): Promise<string[]> {
  // As a script of the debugger, to which the Content-Security-Policy of the page does not apply.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  return await page.evaluate(async (runOnly) => {
    const found = await window.axe.run({ runOnly, resultTypes: ["violations"], preload: false });
    return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  }, rules);
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

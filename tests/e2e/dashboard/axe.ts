import axe from "axe-core";
import type { Page } from "playwright-core";

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong with a page as it is shown now, a line each: rules of WCAG 2.2 A and AA, and best practice. */
export async function violations(page: Page): Promise<string[]> {
  // As a script of the debugger, to which the Content-Security-Policy of the page does not apply.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  return await page.evaluate(async (values) => {
    const found = await window.axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  }, standards);
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}
